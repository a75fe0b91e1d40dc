"""dlt's rest_api source, extraction alone: nothing is normalised or loaded. URL, seconds, pages."""
import os

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

from dlt.sources.rest_api import rest_api_resources  # noqa: E402: the setting comes first
from measured import Count  # noqa: E402


def resource(url):
    base, name = url.rsplit("/", 1)
    paginator = {"type": "page_number", "base_page": 1, "total_path": "total_pages"}
    endpoint = {"path": name, "paginator": paginator, "data_selector": "items"}
    return rest_api_resources({"client": {"base_url": base + "/"}, "resources": [{"name": name, "endpoint": endpoint}]})[0]


def main():
    count = Count()
    for _ in resource(count.url):
        count.take(1)
        if count.is_over():
            break
    count.report()


main()
