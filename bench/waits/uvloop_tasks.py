"""bench/tasks/asyncio_tasks.py on uvloop. Usage: uvloop_tasks.py <case> <n> <size>."""
import pathlib
import runpy

import uvloop

uvloop.install()
runpy.run_path(str(pathlib.Path(__file__).resolve().parents[1] / "tasks/asyncio_tasks.py"), run_name="__main__")
