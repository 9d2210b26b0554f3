"""JSON as the console reads and writes it: what no database can keep is no JSON here."""

import re
from typing import Any

from flask.json.provider import DefaultJSONProvider

#: How half of a character pair comes in: escaped, or as bytes that are no UTF-8.
HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")


class JsonBody(DefaultJSONProvider):
    """汉字 as they are, keys in their order; half a character or bottomless nesting is a body that says nothing."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a text. Raises ValueError."""
        try:
            value = super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
        if HALF.search(s if isinstance(s, bytes) else s.encode("utf-8", "surrogatepass")):
            self.dumps(value).encode()  # UnicodeEncodeError, a ValueError, where a half stands alone
        return value
