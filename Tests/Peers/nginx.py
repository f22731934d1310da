"""nginx in front of an archive: TLS 1.3 with client certificates, as an unprivileged foreground process."""

import socket
import ssl

from ports import LOOPBACK, require_free
from processes import Child, find_program, private_folder, wait_until

START_SECONDS = 60
CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen {address}:{port} ssl;
    server_name localhost;
    ssl_protocols TLSv1.3;
    ssl_certificate {certificates}/server.pem;
    ssl_certificate_key {certificates}/server.key;
    ssl_client_certificate {certificates}/ca.pem;
    ssl_verify_client on;
    client_max_body_size {maximum_body};
    location /dicom-web/ {{
      proxy_pass http://{address}:{upstream}/dicom-web/;
      proxy_http_version 1.1;
      proxy_set_header Host localhost;
      proxy_read_timeout 300s;
    }}
    location / {{ return 404; }}
  }}
}}
"""


class Nginx:
    """Proxies `/dicom-web/` at `port` to an archive's HTTP port. `maximum_body` in nginx's notation, such as 1g."""

    def __init__(self, folder, port, upstream, certificates, maximum_body="2g"):
        self.folder = private_folder(folder)
        self.port = port
        program = find_program("nginx", "nginx-light")
        require_free(port, "nginx")
        configuration = self.folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            folder=self.folder, address=LOOPBACK, port=port, upstream=upstream, certificates=certificates,
            maximum_body=maximum_body))
        self.child = Child("nginx", [program, "-p", self.folder, "-e", self.folder / "error.log", "-c", configuration],
                           self.folder / "nginx.log")
        self._certificates = certificates

    def wait(self):
        wait_until(self._shakes_hands, START_SECONDS, "a TLS handshake with nginx", self.child.check)

    def _shakes_hands(self):
        context = ssl.create_default_context(cafile=str(self._certificates / "ca.pem"))
        context.load_cert_chain(self._certificates / "client.pem", self._certificates / "client.key")
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as connection:
                    return connection.version() == "TLSv1.3"
        except OSError:
            return False

    def stop(self):
        self.child.stop()
