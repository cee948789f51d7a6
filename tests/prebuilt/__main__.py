"""Makes the archives anew that are not of today's sources; builds with TensorFlow what the caches lack."""

from . import archive, made_from, pack
from .contents import archives


def main() -> None:
    wanted = archives()
    for file in archive("x").parent.glob("*.tar.xz"):
        if file.name.removesuffix(".tar.xz") not in wanted:
            file.unlink()
    for name, (digest, build) in wanted.items():
        if made_from(name) != digest:
            folder, files = build()
            pack(name, digest, folder, files)
            print(f"{name}: {archive(name).stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
