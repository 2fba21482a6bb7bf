"""MariaDB to PostgreSQL: the copy with a proof of every row, against pgloader's copy without one."""

from __future__ import annotations

import shutil
import sys

from benchmarks.database.peers import OURS
from benchmarks.database.servers import recreate, server
from benchmarks.page import write_part
from benchmarks.pairs import Contender, Spent, against, interleave, process, table

from services.mariadb import MariaDb, mariadb_server
from sunset.database.postgres.endpoint import Endpoint, connect

ROWS = 2_000_000
JOBS = 2
DATABASE = "shop"
_ORDERS = f"""
CREATE TABLE orders (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer int NOT NULL,
  status enum('open', 'paid', 'cancelled') NOT NULL,
  amount decimal(12, 2) NOT NULL,
  placed_at datetime(6) NOT NULL,
  paid_on date NULL,
  weight double NULL,
  note varchar(200) CHARACTER SET utf8mb4 NOT NULL,
  KEY by_customer (customer)
);
INSERT INTO orders
SELECT seq, seq * 7919 % 50000, elt(1 + seq % 3, 'open', 'paid', 'cancelled'), seq % 1000000 / 100,
  '2015-01-01' + INTERVAL seq * 97 MICROSECOND + INTERVAL seq MINUTE,
  if(seq % 3 = 1, '2016-01-01' + INTERVAL seq % 3000 DAY, NULL), if(seq % 5 = 0, NULL, seq / 7),
  concat('Lieferung für Kunde ', seq * 7919 % 50000, ': ', repeat('Straße 中文 ', seq % 8))
FROM seq_1_to_{ROWS};
"""


def main() -> None:
    if shutil.which("mariadbd", path="/usr/sbin:/usr/bin") is None or shutil.which("pgloader") is None:
        sys.exit("mariadb: needs MariaDB's server and pgloader")
    with mariadb_server() as source, server() as place:
        source.run("mysql", f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        source.load(f"USE {DATABASE};\n{_ORDERS}")
        source.run(
            "mysql", "CREATE USER bench@127.0.0.1", "GRANT SELECT, RELOAD, LOCK TABLES ON *.* TO bench@127.0.0.1"
        )
        spent = interleave(contenders(source, place.on("clone")))
    text = [
        f"One table of {ROWS:,} rows with eight columns and a secondary index; both with {JOBS} readers.",
        "",
        table(spent),
        "",
        against(spent, "sunset: copy and proof", "pgloader", 0.6),
    ]
    write_part("mariadb", "MariaDB to PostgreSQL", "\n".join(text))


def contenders(source: MariaDb, target: Endpoint) -> list[Contender]:
    place = source.on(DATABASE)
    here = f"{place.host}:{place.port}/{DATABASE}"

    def empty() -> None:
        recreate(target)

    def counted() -> None:
        with connect(target, "bench") as link:
            if link.execute("SELECT count(*) FROM shop.orders").fetchone() != (ROWS,):
                raise RuntimeError("rows are missing")

    def ours() -> Spent:
        command = [sys.executable, "-m", "benchmarks.database.mariadb_process", here, str(target), str(JOBS)]
        return process(command, OURS)

    def theirs() -> Spent:
        workers = ["--with", f"workers = {JOBS}", "--with", f"concurrency = {JOBS}"]
        return process(["pgloader", *workers, f"mysql://bench@{here}", f"postgresql://postgres@{target}"])

    return [Contender("sunset: copy and proof", ours, empty, counted), Contender("pgloader", theirs, empty, counted)]


if __name__ == "__main__":
    main()
