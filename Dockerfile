# Airflow with Sunset's packages and this checkout's DAGs, plugins and library.
FROM apache/airflow:3.3.2-python3.11

COPY requirements.txt /tmp/requirements.txt
RUN uv pip install --no-cache --requirement /tmp/requirements.txt

COPY --chown=airflow:root include /opt/airflow/include
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root dags /opt/airflow/dags

# Volumes take their owner from the folder they are mounted on.
RUN mkdir -p /opt/airflow/archive /opt/airflow/crm /opt/airflow/users /opt/airflow/work /home/airflow/.ssh

# `include` makes the library importable as `sunset`; Airflow adds dags and plugins itself.
ENV PYTHONPATH=/opt/airflow/include \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    SUNSET_PRODUCTS=/opt/airflow/include/products
