"""The only room that opens a network connection: files by URL, models from a hub, a browser."""

from vitrine.fetch.addresses import AddressRule, private_too, public_only
from vitrine.fetch.bodies import unpack_gzip
from vitrine.fetch.browser import ScrollingBrowser, open_browser
from vitrine.fetch.checksums import check_sha256, sha256_of
from vitrine.fetch.hub import MODEL_SUFFIXES, fetch_model_file
from vitrine.fetch.web import Fetched, Fetcher, FetchLimits, Gate

__all__ = [
    "MODEL_SUFFIXES",
    "AddressRule",
    "FetchLimits",
    "Fetched",
    "Fetcher",
    "Gate",
    "ScrollingBrowser",
    "check_sha256",
    "fetch_model_file",
    "open_browser",
    "private_too",
    "public_only",
    "sha256_of",
    "unpack_gzip",
]
