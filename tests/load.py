"""Marks tests that judge a level of load, for end_to_end.py: they run alone and may be tried once more."""


def judges_load(test):
    return test
