"""Throw-away certificates (EC P-256) made on the spot with openssl: nothing secret is kept in the repository.

In the folder: ca.pem, server.pem/.key (localhost, 127.0.0.1), client.pem/.key of that authority; for negative tests
other-ca.pem and other-client.pem/.key of an authority that nobody trusts. Keys are unencrypted PKCS #8.
"""

import os

from processes import find_program, private_folder, run

VALID_DAYS = 30
FILES = ["ca.pem", "server.pem", "server.key", "client.pem", "client.key", "other-ca.pem", "other-client.pem",
         "other-client.key"]


def make_certificates(folder, again=False):
    """Makes what is missing (everything, if `again`) and returns the folder."""
    folder = private_folder(folder)
    if not again and all((folder / name).exists() for name in FILES):
        return folder
    openssl = find_program("openssl", "openssl")
    previous = os.umask(0o077)
    try:
        _authority(openssl, folder, "ca", "Outpost test authority")
        _leaf(openssl, folder, "ca", "server", "localhost",
              "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        _leaf(openssl, folder, "ca", "client", "outpost", "extendedKeyUsage=clientAuth\n")
        _authority(openssl, folder, "other-ca", "Unrelated authority")
        _leaf(openssl, folder, "other-ca", "other-client", "stranger", "extendedKeyUsage=clientAuth\n")
    finally:
        os.umask(previous)
    return folder


def _new_key(openssl, path):
    run([openssl, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path],
        "making a key with openssl")


def _authority(openssl, folder, name, common_name):
    key = folder / f"{name}.key"
    _new_key(openssl, key)
    run([openssl, "req", "-x509", "-new", "-key", key, "-sha256", "-days", str(VALID_DAYS),
         "-subj", f"/CN={common_name}", "-addext", "basicConstraints=critical,CA:TRUE",
         "-addext", "keyUsage=critical,keyCertSign,cRLSign",
         "-out", folder / f"{name}.pem"], "making a certificate authority with openssl")


def _leaf(openssl, folder, authority, name, common_name, extensions):
    key, request, details = (folder / f"{name}.{suffix}" for suffix in ("key", "csr", "ext"))
    _new_key(openssl, key)
    run([openssl, "req", "-new", "-key", key, "-subj", f"/CN={common_name}", "-out", request],
        "making a certificate request with openssl")
    details.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n" + extensions)
    run([openssl, "x509", "-req", "-in", request, "-CA", folder / f"{authority}.pem",
         "-CAkey", folder / f"{authority}.key", "-CAcreateserial", "-days", str(VALID_DAYS), "-sha256",
         "-extfile", details, "-out", folder / f"{name}.pem"], "signing a certificate with openssl")
    request.unlink()
    details.unlink()
