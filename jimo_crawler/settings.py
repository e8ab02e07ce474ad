"""Settings of the crawler, in the order in which a page meets them.

Own settings have the prefix ``JIMO_``; each may be given with ``-s NAME=VALUE`` or in the environment (``-s`` wins), and
each is listed in README. This is the only module that reads the environment, but for ``JIMO_NOW`` (clock.py) and the
test hook ``JIMO_KILL_AT`` (archive/killpoints.py).
"""

from __future__ import annotations

import os
from pathlib import Path

from jimo_crawler import __version__

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of scrapy.cfg: relative paths are resolved against it, so that cron need not care where it stands."""


def _own(name: str, default: str) -> str:
    return os.getenv(name) or default


BOT_NAME = "jimo_crawler"
SPIDER_MODULES = ["jimo_crawler.spiders"]
COMMANDS_MODULE = "jimo_crawler.commands"

# --- the portal ---------------------------------------------------------------------------------------------------
JIMO_PORTAL_URL = _own("JIMO_PORTAL_URL", "")
"""The portal's entry page. No default: nothing is crawled that nobody named. Used by the spiders and the guard."""
JIMO_PORTAL = _own("JIMO_PORTAL", "jimo")
"""Portal profile: a name in portals/ or a path to a TOML file. Used by the parsers."""
JIMO_PORTAL_HOSTS = _own("JIMO_PORTAL_HOSTS", "")
"""More hosts that belong to the portal, ``host[:port]`` separated by commas. Used by the guard and the parsers."""
JIMO_RELATED = _own("JIMO_RELATED", "towns")
"""Links of 相关文章 and 文章随机推荐: off, towns (those whose text names a known town) or all. Used by the store."""

JIMO_NOW = _own("JIMO_NOW", "")
"""Where the run's clock starts, e.g. 2026-11-22T06:00:00Z; empty: now. For tests and demo days. Used by clock.py."""

# --- the archive --------------------------------------------------------------------------------------------------
JIMO_ARCHIVE_DB = _own("JIMO_ARCHIVE_DB", "data/jimo.db")
JIMO_WARC_DIR = _own("JIMO_WARC_DIR", "data/warc")
JIMO_WARC_MAX_BYTES = _own("JIMO_WARC_MAX_BYTES", str(1 << 30))
"""A WARC file that has grown to this size (bytes) is closed and the next begun."""
JIMO_MIN_FREE_MB = _own("JIMO_MIN_FREE_MB", "200")
"""Free space (MiB) below which a run does not start, or ends."""

# --- when to ask again --------------------------------------------------------------------------------------------
JIMO_CONFIRM_AFTER = _own("JIMO_CONFIRM_AFTER", "6")
"""Hours between the two observations that make an article gone; 0: one is enough."""
JIMO_REVISIT_BUDGET = _own("JIMO_REVISIT_BUDGET", "1000")
"""Known addresses that one ``towns`` run asks again, at most."""
JIMO_MAX_LISTING_PAGES = _own("JIMO_MAX_LISTING_PAGES", "3000")
"""Pages of one section's listing after which its pager is taken for endless."""
JIMO_MAX_DEPTH = _own("JIMO_MAX_DEPTH", "4")
"""How many related links may lie between a listing and an article."""
JIMO_OUTAGE_AFTER = _own("JIMO_OUTAGE_AFTER", "8")
"""Visits in a row that fail, or meet one and the same page, after which the portal is taken to be out of order."""
JIMO_MAX_WAIT = _own("JIMO_MAX_WAIT", "300")
"""Seconds of Retry-After that a run waits; a longer one ends it."""
JIMO_IGNORE_CRAWL_DELAY = _own("JIMO_IGNORE_CRAWL_DELAY", "0")
"""1: the Crawl-delay of robots.txt is not honoured (for one's own server)."""
JIMO_CONTACT = _own("JIMO_CONTACT", "")
"""An address at which the crawl's owner can be reached; it goes into the User-Agent."""

# --- frontier and downloader --------------------------------------------------------------------------------------
SCHEDULER = "jimo_crawler.fetching.scheduler.FrontierScheduler"
USER_AGENT = f"jimo-archive/{__version__} (research archive of local news; contact: {JIMO_CONTACT or 'JIMO_CONTACT not set'})"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024  # a packed bomb took 1.1 GB at Scrapy's default
DOWNLOAD_WARNSIZE = 5 * 1024 * 1024
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut answer is evidence, too: it is kept, then asked again (manners.py)
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "jimo_crawler.fetching.guard.GuardedResolver"
RETRY_TIMES = 2
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # read by the article parser, which knows a takeover from a moved page
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
DOWNLOAD_HANDLERS = {"file": None, "data": None, "s3": None, "ftp": None}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the guard knows ports, and heeds no dont_filter
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "jimo_crawler.fetching.unpacking.Unpacking": 590,
    "jimo_crawler.fetching.guard.Guard": 50,
    "jimo_crawler.fetching.manners.Robots": 100,
    "jimo_crawler.fetching.manners.Retries": 550,
    "jimo_crawler.fetching.guard.Redirects": 600,
    "jimo_crawler.fetching.capture.CaptureMiddleware": 960,  # below 950 a body would no longer be as received
}

# --- from page to archive -----------------------------------------------------------------------------------------
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # a 404 is a Visit, too
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # of requests that spiders yield; ours yield none
}
CONCURRENT_ITEMS = 1  # a page gives one Visit; Scrapy starts as many tasks for every page
WARN_ON_GENERATOR_RETURN_VALUE = False  # it would read and parse the callback's source for every page
ITEM_PIPELINES = {
    "pipelines.normalise.Normalise": 100,
    "pipelines.spam.SpamFilter": 200,
    "pipelines.deduplicate.Deduplicate": 300,
    "pipelines.sqlite.SqliteWriter": 900,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,  # switched off, it would still load an HTTP server of its own
    "jimo_crawler.fetching.progress.Progress": 500,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # Scrapy 2.19 opens a server that runs code sent to it
HTTPCACHE_ENABLED = False
LOG_LEVEL = _own("JIMO_LOG_LEVEL", "INFO")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
