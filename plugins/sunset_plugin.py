"""What Airflow registers: the console under /sunset, and where the UI leads to it."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from sunset_console.registration import apps, views


class SunsetPlugin(AirflowPlugin):
    """The console of Sunset: evidence to look at before an answer is given."""

    name = "sunset"
    fastapi_apps = apps()
    external_views = views()
