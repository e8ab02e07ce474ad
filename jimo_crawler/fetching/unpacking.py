"""Bodies unpacked as in a replay: by one function, so that live and replayed pages are the same bytes."""

from __future__ import annotations

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError

from jimo_crawler.archive.content_coding import TooLarge, decode_body


class Unpacking(HttpCompressionMiddleware):
    """Undoes content codings. Scrapy's own gives up a page that is not packed as its header says: old servers lie there."""

    def _handle_encoding(
        self, body: bytes, content_encoding: list[bytes], max_size: int
    ) -> tuple[bytes, list[bytes]]:
        try:
            return decode_body(body, b",".join(content_encoding).decode("latin-1"), max_size), []
        except TooLarge as error:
            raise DownloadCancelledError(str(error)) from None
