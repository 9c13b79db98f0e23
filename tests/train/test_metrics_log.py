from __future__ import annotations

from pathlib import Path

from vitrine.train.metrics_log import MetricsLog


def test_lines_come_back_but_not_one_that_a_kill_cut_short(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.jsonl")
    assert log.read() == []
    lines = [{"step": 1, "total": 2.5}, {"step": 2, "total": 2.0, "sharp_gender": 0.5}]
    for line in lines:
        log.add(line)
    with log.path.open("a", encoding="utf-8") as file:
        file.write('{"step": 3, "tot')
    assert log.read() == lines
    log.truncate(1)
    assert log.read() == lines[:1]


def test_the_same_as_a_table(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path / "metrics.jsonl")
    log.add({"step": 1, "total": 2.5})
    log.add({"step": 2, "total": 2.0, "sharp_gender": 0.5})
    log.write_table()
    table = (tmp_path / "metrics.csv").read_text(encoding="utf-8")
    assert table == "step,total,sharp_gender\n1,2.5,\n2,2.0,0.5\n"
