"""Finding: ids, order, side files, and everything a folder or archive can hold that must not be read."""

import os
import socket
import struct
import sys
import time
import zipfile
from hashlib import sha256

import pytest

from rag.errors import SourceError
from rag.reading import Root, Source, find_sources, read_source
from rag.reading.archives import Archive
from rag.reading.sources import printable
from rag.settings import FILE_BYTES_MAX
from rag.types import Article, Rejection

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def found(path, **options):
    return list(find_sources(path, **options)[1])


def ids(path):
    return [one.id for one in found(path) if isinstance(one, Source)]


def reasons(path):
    return {one.name: one.reason for one in found(path) if isinstance(one, Rejection)}


def articles(path):
    return {one.id: one for source in found(path) if isinstance(source, Source) for one in read_source(source) if isinstance(one, Article)}


def write(folder, files):
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_ids_are_label_and_relative_path_in_a_fixed_order(tmp_path):
    folder = write(tmp_path / "berita", {"b.txt": "x", "a/z.md": "x", "a/B.HTML": "x", "A.txt": "x", "a.txt": "x", "c d/é 中.json": "{}"})
    assert ids(folder) == ["berita/A.txt", "berita/a/B.HTML", "berita/a/z.md", "berita/a.txt", "berita/b.txt", "berita/c d/é 中.json"]
    assert find_sources(folder)[0] == Root("berita", os.path.realpath(folder), whole=True)
    assert find_sources(folder, label="lain")[0].label == "lain"
    assert [one.id for one in found(folder / "a", label="x")] == ["x/B.HTML", "x/z.md"]


def test_a_single_file_is_labelled_by_its_folder_and_described_by_the_side_file_beside_it(tmp_path):
    folder = write(tmp_path / "berita", {"a.txt": "x", "b.txt": "y", "articles.csv": "file,title\na.txt,Judul\nb.txt,Lain\n"})
    root, sources = find_sources(folder / "a.txt")
    assert root == Root("berita", os.path.realpath(folder), whole=False)
    (source,) = sources
    assert source == next(one for one in found(folder) if one.path == "a.txt")
    assert [type(one) for one in found(folder / "articles.csv")] == [Rejection]


def test_what_systems_leave_is_passed_over_and_other_types_are_told(tmp_path):
    folder = write(tmp_path / "f", {".git/a.txt": "x", ".a.txt": "x", "__MACOSX/a.txt": "x", "Thumbs.db": "x",
    "desktop.ini": "x", "~$a.txt": "x",
                                    "a.txt": "x", "foto.jpg": "x", "README": "x"})  # fmt: skip
    assert ids(folder) == ["f/a.txt"]
    assert set(reasons(folder)) == {"f/foto.jpg", "f/README"}
    assert ".txt" in reasons(folder)["f/foto.jpg"]


@pytest.mark.parametrize("label", ["", " ", "a/b", "..", "a\nb", "a\\b"])
def test_a_label_that_is_no_name_is_refused(tmp_path, label):
    with pytest.raises(SourceError, match="--as"):
        find_sources(tmp_path, label=label)


def test_a_path_that_is_not_there_is_an_error_in_one_line(tmp_path):
    for path in (tmp_path / "tiada", tmp_path / "tiada" / "x.txt", "x\x00y", tmp_path / ("n" * 300)):
        with pytest.raises(SourceError) as error:
            find_sources(path)
        assert "\n" not in str(error.value) and "Check" in str(error.value)


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path):
    folder = write(tmp_path / "f", {"a.txt": "x", "b/c.txt": "x"})
    (folder / "b").chmod(0)
    assert "f/b" in reasons(folder)
    with pytest.raises(SourceError, match="permission"):
        find_sources(folder / "b")
    (folder / "b").chmod(0o700)


@POSIX
def test_pipes_sockets_and_links_out_are_not_followed_and_loops_end(tmp_path, monkeypatch):
    folder = write(tmp_path / "f", {"a.txt": "x", ".gudang/isi.txt": "y", "sub/b.txt": "z"})
    write(tmp_path, {"rahasia.txt": "x", "luar/r.txt": "x", "f2/r.txt": "x"})
    os.mkfifo(folder / "pipa.txt")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("soket.txt")
        for name, target in {"keluar.txt": "../rahasia.txt", "luar": "../luar", "mirip": "../f2", "hilang.txt": "tiada",
        "dalam.txt": ".gudang/isi.txt",
                             "loop": ".", "sub/loop": "..", "diri": "diri", "dev.txt": "/dev/zero"}.items():  # fmt: skip
            (folder / name).symlink_to(target)
        assert ids(folder) == ["f/a.txt", "f/dalam.txt", "f/sub/b.txt"]
        assert set(reasons(folder)) == {
            f"f/{name}" for name in ("pipa.txt", "soket.txt", "keluar.txt", "luar", "mirip", "hilang.txt", "diri", "dev.txt")
        }
    with pytest.raises(SourceError):
        find_sources(folder / "pipa.txt")


@POSIX
def test_names_of_any_bytes_give_distinct_printable_ids(tmp_path):
    names = [
        b"a\xff.txt",
        b"a\\xff.txt",
        b"a\nb.txt",
        "a\u202eb.txt".encode(),
        b"n" * 196 + b".txt",
        b"%FF.txt",
        b" .txt",
        b"CASE.txt",
        b"case.txt",
    ]
    folder = tmp_path / "f"
    folder.mkdir()
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(b"isi " + name.replace(b"\xff", b""))
    assert len(set(ids(folder))) == len(names)
    assert all(one.encode().decode().isprintable() for one in ids(folder))
    assert len(articles(folder)) == len(names)
    assert printable("a\udcff\\\n") == "a\\xff\\x5c\\x0a"


@POSIX
def test_a_folder_deeper_than_the_stack_is_walked(tmp_path, monkeypatch):
    (tmp_path / "f").mkdir()
    monkeypatch.chdir(tmp_path / "f")
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    (tmp_path / "f" / "z.txt").write_text("x")
    assert ids(tmp_path / "f") == ["f/z.txt"]
    for _ in range(1500):
        os.chdir("..")
        os.rmdir("d")


def test_the_fingerprint_is_the_hash_of_the_bytes_and_changes_with_the_row_of_the_side_file(tmp_path):
    folder = write(tmp_path / "f", {"a.txt": b"isi\xff"})
    (plain,) = found(folder)
    assert plain.fingerprint() == sha256(b"isi\xff").hexdigest()
    prints = set()
    for table in ("file,title\na.txt,Satu\n", "file,title\na.txt,Dua\n", "file,author\na.txt,Dua\n"):
        write(folder, {"articles.csv": table})
        (source,) = found(folder)
        assert source.fingerprint().startswith(plain.fingerprint())
        prints.add(source.fingerprint())
    assert len(prints) == 3
    write(folder, {"articles.csv": "author,file\nDua,a.txt\n"})
    assert found(folder)[0].fingerprint() in prints
    (folder / "a.txt").unlink()
    assert source.fingerprint() == ""
    assert [type(one) for one in read_source(source)] == [Rejection]


def test_the_row_of_the_innermost_side_file_counts_and_one_without_its_file_is_told(tmp_path):
    folder = write(tmp_path / "f", {
        "articles.csv": "file;source;published\nsub/a.txt;Luar;2020\n.\\b.txt;Antara;Agt 2021\ntiada.txt;;\nfoto.jpg;;\n;z;\nb.txt;lagi;\n",
        "sub/articles.csv": "Berkas,Penulis\na.txt,Budi\nlagi.txt,x\n",
        "sub/a.txt": "isi a", "b.txt": "isi b", "foto.jpg": "x",
    })  # fmt: skip
    read = articles(folder)
    assert (read["f/sub/a.txt"].source, read["f/sub/a.txt"].author) == ("", "Budi")
    assert (read["f/b.txt"].source, read["f/b.txt"].published, read["f/b.txt"].published_from) == ("Antara", "2021-08", "given")
    told = [(one.name, one.reason.split(":")[0]) for one in found(folder) if isinstance(one, Rejection)]
    assert told == [
        ("f/articles.csv", "row 6 names no file"),
        ("f/articles.csv", "row 7 names b.txt again"),
        ("f/foto.jpg", told[2][1]),
        ("f/articles.csv", "row 4 describes tiada.txt, which is not there"),
        ("f/sub/articles.csv", "row 3 describes lagi.txt, which is not there"),
    ]


def test_a_table_of_articles_may_be_called_articles_csv_and_a_broken_one_is_told(tmp_path):
    table = write(tmp_path / "t", {"articles.csv": "id,text\nx,isi\n"})
    assert list(articles(table)) == list(articles(table / "articles.csv")) == ["x"]
    broken = write(tmp_path / "b", {"articles.csv": b"\x00" * 99, "a.txt": "isi"})
    assert list(articles(broken)) == ["b/a.txt"] and set(reasons(broken)) == {"b/articles.csv"}
    assert set(reasons(write(tmp_path / "n", {"articles.csv": "nama,umur\nx,1\n"}))) == {"n/articles.csv"}


def test_a_zip_is_read_like_a_folder_with_its_own_side_files(tmp_path):
    write(tmp_path / "f", {"articles.csv": "file,source\narsip.zip/b.txt,Luar\n"})
    zipped(tmp_path / "f" / "arsip.zip", {"b.txt": "isi b", "sub/a.md": "# T\n\nisi a",
    "articles.csv": "file,title\nsub/a.md,Judul\nx.txt,y\n",
                                          "__MACOSX/a.txt": "x", ".x.txt": "x", "foto.png": "x", "win\\c.txt": "isi c"})  # fmt: skip
    read = articles(tmp_path / "f")
    assert list(read) == ["f/arsip.zip/b.txt", "f/arsip.zip/sub/a.md", "f/arsip.zip/win/c.txt"]
    assert (read["f/arsip.zip/b.txt"].source, read["f/arsip.zip/sub/a.md"].title) == ("Luar", "Judul")
    assert set(reasons(tmp_path / "f")) == {"f/arsip.zip/foto.png", "f/arsip.zip/articles.csv"}
    alone = find_sources(tmp_path / "f" / "arsip.zip")
    assert alone[0] == Root("f", os.path.realpath(tmp_path / "f"), whole=False)
    assert [one.id for one in alone[1] if isinstance(one, Source)] == list(read)


def test_members_that_lead_out_or_cannot_be_read_are_told_and_the_others_are_read(tmp_path):
    path = tmp_path / "f" / "x.zip"
    path.parent.mkdir()
    bad = ["/abs.txt", "../up.txt", "a/../../up.txt", "C:\\x.txt", "c:x.txt", "\\\\server\\share\\x.txt", "dalam.zip"]
    with zipfile.ZipFile(path, "w") as archive:
        for name in [*bad, "baik.txt"]:
            archive.writestr(name, f"isi {name}")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert list(articles(path.parent)) == ["f/x.zip/baik.txt"]
    assert len(reasons(path.parent)) == len(bad) + 1


def test_a_member_that_is_there_twice_is_read_once(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "satu")
        with pytest.warns(UserWarning):
            archive.writestr("a.txt", "dua")
    assert [one.text for one in articles(path).values()] == ["satu"]
    assert len(reasons(path)) == 1


def test_broken_and_encrypted_zips_are_told(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    whole = zipped(tmp_path / "w.zip", {"a.txt": "isi yang cukup panjang " * 50, "b.txt": "isi b"}).read_bytes()
    flagged = whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    at = whole.index(b"a.txt") + 8
    write(folder, {"baik.txt": "isi", "cut.zip": whole[:-30], "junk.zip": b"x" * 1000, "empty.zip": b"",
    "flip.zip": whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :],
                   "sandi.zip": flagged, "method.zip": whole.replace(b"\x08\x00", b"\x63\x00")})  # fmt: skip
    read, told = [], []
    for one in found(folder):
        for result in read_source(one) if isinstance(one, Source) else [one]:
            (read if isinstance(result, Article) else told).append(result)
    assert {one.id for one in read} == {"f/baik.txt", "f/flip.zip/b.txt"}
    assert {one.name.split("/")[1] for one in told} == {"cut.zip", "junk.zip", "empty.zip", "flip.zip", "sandi.zip", "method.zip"}


def test_every_truncation_and_flip_of_a_zip_is_read_or_told(tmp_path):
    whole = zipped(tmp_path / "w.zip", {"a.txt": "isi a " * 5, "articles.csv": "file,title\na.txt,T\n"}).read_bytes()
    path = tmp_path / "x.zip"
    for cut in range(0, len(whole), 3):
        for data in (whole[:cut], whole[:cut] + bytes([whole[cut] ^ 0xFF]) + whole[cut + 1 :]):
            path.write_bytes(data)
            for one in found(path):
                if isinstance(one, Source):
                    assert all(isinstance(result, Article | Rejection) for result in read_source(one))


def test_a_zip_bomb_is_bounded_by_what_is_read_not_by_what_is_claimed(tmp_path, monkeypatch):
    path = tmp_path / "bom.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bom.txt", "w", force_zip64=True) as member:
            for _ in range(FILE_BYTES_MAX // 2**20 + 1):
                member.write(bytes(2**20))
        archive.writestr("baik.txt", "isi")
    started = time.monotonic()
    assert list(articles(path)) == [f"{tmp_path.name}/bom.zip/baik.txt"]
    assert time.monotonic() - started < 5
    monkeypatch.setattr("rag.reading.archives.ARCHIVE_BYTES_MAX", 10)
    small = Archive(str(zipped(tmp_path / "s.zip", {"a.txt": "123456", "b.txt": "123456"})))
    small.members()
    assert small.read("a.txt") == small.read("a.txt") == b"123456"
    with pytest.raises(Exception, match="unpacks to more"):
        small.read("b.txt")


def test_a_zip_that_claims_millions_of_members_is_refused_before_they_are_listed(tmp_path):
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0, 0)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**7, 10**7, 10**9, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    path = write(tmp_path / "f", {"x.zip": record + locator + end})
    assert "members" in reasons(path)["f/x.zip"]


def test_many_archives_can_be_listed_before_they_are_read(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    for number in range(300):
        zipped(folder / f"{number:03}.zip", {"a.txt": f"isi {number}"})
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    sources = found(folder)
    texts = [article.text for source in sources for article in read_source(source)]
    assert texts == [f"isi {number}" for number in range(300)]
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 2


def test_a_file_over_the_limit_is_told_without_being_read_whole(tmp_path):
    folder = write(tmp_path / "f", {"besar.txt": "", "a.txt": "isi"})
    with open(folder / "besar.txt", "r+b") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    assert list(articles(folder)) == ["f/a.txt"]
