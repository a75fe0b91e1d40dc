"""One page after the other, by httpx: the loop that everybody writes first. URL, seconds, pages."""
import httpx
from measured import Count


def main():
    count = Count()
    with httpx.Client() as client:
        for page in range(1, count.all_pages + 1):
            if count.is_over():
                break
            response = client.get(count.url, params={"page": page})
            count.refused += response.status_code in (429, 503)
            if not response.is_success:
                count.lost += 1
                continue
            count.take(len(response.json()["items"]))
    count.report()


main()
