"""TLS, without a running system: a bare server of gRPC's answers UNIMPLEMENTED to whatever call arrives."""

import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import unittest
from unittest import mock

import grpc

from ipo_client import Ipo
from ipo_client import _protos as pb

CERTIFICATES = pathlib.Path(__file__).parents[3] / "deploy" / "certificates.sh"


class TlsTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for authority in ("own", "other"):
            subprocess.run([CERTIFICATES, "--out", cls.folder / authority, "orchestrator"], check=True, stdout=subprocess.DEVNULL)
        key, certificate = ((cls.folder / "own" / "orchestrator" / name).read_bytes() for name in ("tls.key", "tls.crt"))
        server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
        cls.address = f"https://localhost:{server.add_secure_port('127.0.0.1:0', grpc.ssl_server_credentials([(key, certificate)]))}"
        server.start()
        cls.addClassCleanup(server.stop, None)

    def answer(self, authority):
        with mock.patch.dict(os.environ, {"IPO_TLS_AUTHORITY": str(self.folder / authority / "ca.crt")}), Ipo(self.address, token="ipo_a") as ipo:
            with self.assertRaises(grpc.RpcError) as refused:
                ipo.system.GetSystem(pb.system.GetSystemRequest(), timeout=5)
            return refused.exception.code()

    def test_a_server_of_the_authority_that_is_named_is_called(self):
        self.assertEqual(grpc.StatusCode.UNIMPLEMENTED, self.answer("own"))

    def test_one_of_another_authority_is_not(self):
        self.assertIn(self.answer("other"), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))

    def test_a_key_goes_without_tls_to_this_machine_alone(self):
        for address in ("orchestrator:8081", "http://10.0.0.5:8081"):
            with self.assertRaisesRegex(ValueError, "The key is not sent to"):
                Ipo(address, token="ipo_a")
        for address in ("localhost:8081", "http://127.0.0.1:8081"):
            Ipo(address, token="ipo_a").close()
