"""dlt's rest_api source into PostgreSQL, run by the Python of the benchmarks' own environment.

python dlt_process.py ADDRESS TARGET-URL
"""

from __future__ import annotations

import sys
import tempfile

import dlt
from dlt.sources.rest_api import rest_api_source


def main() -> None:
    address, target = sys.argv[1:]
    source = rest_api_source(
        {
            "client": {
                "base_url": address,
                "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": None},
            },
            "resources": [
                {
                    "name": "tickets",
                    "primary_key": "id",
                    "write_disposition": "replace",
                    "endpoint": {"path": "tickets", "data_selector": "data"},
                }
            ],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        destination = dlt.destinations.postgres(target)
        pipeline = dlt.pipeline("tickets", pipelines_dir=folder, destination=destination, dataset_name="crm")
        pipeline.run(source)


if __name__ == "__main__":
    main()
