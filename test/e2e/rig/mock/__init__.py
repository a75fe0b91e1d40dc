"""Sources that misbehave: one process that serves any number of scenarios, each at a path of its own.

    mock = rig.mock.client.serve(folder)
    source = mock.begin(Scenario("offset", {"says": ["total"]}, {"total_as_string": True}))
    ... pull source.url ...
    source.requests()     what was asked, in order

`scenario.py` says what a source has, `styles.py` how its pages follow each other, `gates.py` what stands before them,
`bodies.py` what becomes of an answer on its way, `moving.py` and `family.py` are sources of other shapes.
"""
