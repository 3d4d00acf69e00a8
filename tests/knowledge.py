"""Additions to the program's tables with which the end-to-end tests run."""

TABLES = """\
# How full the drives of this machine are is not what is tested.
[thresholds.disk]
look = 0.0001
look_bytes = 1
low_bytes = 1
act = 0.0001
act_bytes = 1
"""


def ignore_full_disks(config):
    """Writes them into the program's configuration folder `config`."""
    config.mkdir(parents=True, exist_ok=True)
    (config / "knowledge.toml").write_text(TABLES)
