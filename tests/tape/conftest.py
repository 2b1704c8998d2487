import pytest
import zstandard


@pytest.fixture
def put_tape(tmp_path):
    """Write metadata and records to a file, compressed where its name says so."""

    def put(name, metadata, *parts):
        content = (metadata if isinstance(metadata, bytes) else metadata.encode()) + b"".join(
            part if isinstance(part, bytes) else part.tobytes() for part in parts
        )
        if name.endswith(".zst"):
            content = zstandard.ZstdCompressor().compress(content)
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put
