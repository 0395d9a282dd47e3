"""Against a running system: IPO_HOME is its home, PHOTOS a folder of labelled images that the system cannot see."""

import hashlib
import json
import os
import pathlib
import shutil
import socket
import tempfile
import threading
import time
import unittest
import uuid

import grpc
import numpy

from ipo_client import Ipo, IpoError, Scorer
from ipo_client import _protos as pb

ENDPOINTS = json.loads((pathlib.Path(os.environ["IPO_HOME"]) / "endpoints.json").read_text())["services"]
PHOTOS = pathlib.Path(os.environ["PHOTOS"])
RUN = f"python-{os.getpid()}"


class CutOnce:
    """Hands connections on to a server, and cuts the first one off after some bytes."""

    def __init__(self, host, port, after_bytes):
        self._to, self._left = (host, port), after_bytes
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listening.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(self._to)
            for source, target, counted in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._copy, args=(source, target, counted), daemon=True).start()

    def _copy(self, source, target, counted):
        try:
            while content := source.recv(65536):
                target.sendall(content)
                if counted and self._left > 0:
                    self._left -= len(content)
                    if self._left <= 0:
                        break
        except OSError:
            pass  # the other direction has ended
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed before
        source.close()  # the other direction closes the other one


class ClientTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ipo = Ipo(ENDPOINTS["orchestrator"]["grpc"])
        cls.addClassCleanup(cls.ipo.close)
        # A file that no system has seen yet, so that something is sent.
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.photos = shutil.copytree(PHOTOS, pathlib.Path(folder) / "photos")
        (cls.photos / "note.txt").write_text(str(uuid.uuid4()))
        cls.sent = []
        cls.dataset = cls.ipo.upload(cls.photos, "python", on_progress=lambda sent, total: cls.sent.append((sent, total)))
        cls.states = []
        cls.run_ = cls.ipo.optimize("python", run_id=RUN, labels={"client": "python"}, display_name="Python", steps=3, shots=2, seed=1, on_progress=cls.states.append)

    def test_upload_sends_everything_once(self):
        self.assertEqual(self.sent[-1][0], self.sent[-1][1])
        again = []
        dataset = self.ipo.upload(self.photos, "python", on_progress=lambda *progress: again.append(progress))
        self.assertEqual(([], self.dataset.digest), (again, dataset.digest))

    def test_upload_that_broke_off_goes_on_where_it_stood(self):
        class Half(Exception):
            pass

        def stop_at_half(sent, total):
            if sent > total / 2:
                raise Half

        folder = self.enterContext(tempfile.TemporaryDirectory())
        photos = shutil.copytree(PHOTOS, pathlib.Path(folder) / "photos")
        content = os.urandom(6 << 20)  # new to the server, and of several chunks
        (photos / "note.txt").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()

        def lacking():
            return self.ipo.uploads.FindMissingFiles(pb.uploads.FindMissingFilesRequest(sha256=[digest])).files

        with self.assertRaises(IpoError):  # gRPC wraps what its iterator raises
            self.ipo.upload(photos, "python-2", on_progress=stop_at_half)
        before, received = -1, 0
        while before != received:  # until the server has noticed
            before, received = received, lacking()[0].received_bytes
            time.sleep(0.5)
        sent = []
        dataset = self.ipo.upload(photos, "python-2", on_progress=lambda *progress: sent.append(progress))
        self.assertEqual(0, len(lacking()))
        manifest = sent[0][1] - (len(content) - received)  # what is sent besides the rest of the file
        print(f"{len(content)} bytes; {received} there when it broke off; {sent[-1][0]} sent then, {manifest} of them the manifest")
        self.assertTrue(0 < received < len(content))
        self.assertTrue(0 < manifest < 100_000)
        self.assertEqual(self.dataset.digest, dataset.digest)

    def test_upload_goes_on_by_itself_when_the_connection_is_lost(self):
        address = ENDPOINTS["orchestrator"]["grpc"].split("://")[-1].rstrip("/").rsplit(":", 1)
        folder = self.enterContext(tempfile.TemporaryDirectory())
        photos = shutil.copytree(PHOTOS, pathlib.Path(folder) / "photos")
        (photos / "note.txt").write_bytes(os.urandom(6 << 20))
        with CutOnce(address[0], int(address[1]), after_bytes=2 << 20) as cut, Ipo(f"127.0.0.1:{cut.port}") as ipo:
            sent = []
            dataset = ipo.upload(photos, "python-3", on_progress=lambda *progress: sent.append(progress))
            totals = sorted({total for _, total in sent}, reverse=True)
        print(f"to send, before and after the connection was cut: {totals}")
        self.assertEqual(2, len(totals))
        self.assertGreater(6 << 20, totals[1])
        self.assertEqual(self.dataset.digest, dataset.digest)

    def test_run_is_watched_and_reported(self):
        self.assertEqual((3, "python", "Python"), (self.run_.steps_completed, self.run_.labels["client"], self.run_.display_name))
        self.assertGreater(len(self.states), 1)
        report = self.ipo.report(RUN)
        self.assertIn("# python", report.markdown)
        basic = self.ipo.report(RUN, view="basic")
        self.assertEqual(("", 0, report.report.verdict), (basic.markdown, len(basic.report.trajectory), basic.report.verdict))

    def test_exported_weights_classify_as_the_server_does(self):
        images = [path.read_bytes() for path in sorted(PHOTOS.rglob("*.*g"))[:40]]
        weights, classes = self.ipo.weights(RUN)
        scorer = Scorer(next(endpoint["grpc"] for name, endpoint in ENDPOINTS.items() if name.startswith("clip-scorer") and endpoint))
        embeddings = scorer.embed_images(images)
        self.assertTrue(numpy.allclose(1, numpy.linalg.norm(embeddings, axis=1), atol=1e-5))
        logits = scorer.model().logit_scale * (embeddings @ weights)
        shifted = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities = shifted / shifted.sum(axis=1, keepdims=True)
        answers = self.ipo.classify(RUN, images)
        self.assertEqual([classes[best] for best in probabilities.argmax(axis=1)],
                         [answer.classes[0].class_name for answer in answers])
        error = max(abs(row.max() - answer.classes[0].probability) for row, answer in zip(probabilities, answers))
        print(f"largest error of a probability: {error:.1e}")
        self.assertLess(error, 1e-4)

    def test_scorer_alone_embeds_texts_beside_images(self):
        scorer = Scorer(next(endpoint["grpc"] for name, endpoint in ENDPOINTS.items() if name.startswith("clip-scorer") and endpoint))
        texts = scorer.embed_texts(["a photo of a cat.", "a photo of a dog."])
        self.assertEqual((2, scorer.model().embedding_dimension), texts.shape)
        self.assertTrue(numpy.allclose(1, numpy.linalg.norm(texts, axis=1), atol=1e-5))

    def test_scorer_alone_scores_what_it_classifies(self):
        scorer = Scorer(next(endpoint["grpc"] for name, endpoint in ENDPOINTS.items() if name.startswith("clip-scorer") and endpoint))
        classes = sorted(folder.name for folder in PHOTOS.iterdir())
        files = [(classes.index(path.parent.name), path.read_bytes() + os.urandom(8)) for path in sorted(PHOTOS.rglob("*.*g"))[:100]]
        labels, images = [label for label, _ in files], [image for _, image in files]
        templates = ["a neon sign of a <CLASS>.", "a photo of a <CLASS>."]
        scores = scorer.score(images, labels, classes, templates)
        for template, score in zip(templates, scores):
            answers = scorer.classify(images, classes, [template], top_k=2)
            self.assertEqual({2}, {len(answer.classes) for answer in answers})
            right = sum(answer.classes[0].class_name == classes[label] for answer, label in zip(answers, labels))
            self.assertAlmostEqual(right / len(images), score.accuracy)
        print(f"accuracies: {', '.join(f'{score.accuracy:.3f}' for score in scores)}")
        self.assertGreater(max(score.accuracy for score in scores), 1.5 / len(classes))
        with self.assertRaises(ValueError) as caught:
            scorer.score(images, labels, classes, ["a photo."])
        self.assertIn("templates[0]", str(caught.exception))

    def test_an_evaluation_is_asked_again_by_its_id(self):
        operation = f"python-{os.getpid()}"
        scores = self.ipo.evaluate("python", ["a photo of a <CLASS>."], operation_id=operation)
        self.assertGreater(scores.results[0].score.images, 0)
        self.assertEqual(scores, self.ipo.evaluate("python", ["a photo of a <CLASS>."], operation_id=operation))
        with self.assertRaises(IpoError) as caught:
            self.ipo.evaluate("python", ["a <CLASS>."], operation_id=operation)
        self.assertEqual("ALREADY_EXISTS", caught.exception.reason)
        with self.assertRaises(IpoError) as caught:
            self.ipo.evaluate("gone", ["a <CLASS>."])
        self.assertEqual((grpc.StatusCode.NOT_FOUND, "DATASET_NOT_FOUND", {"dataset": "gone"}),
                         (caught.exception.code, caught.exception.reason, caught.exception.metadata))

    def test_what_is_refused_says_why(self):
        with self.assertRaises(IpoError) as caught:
            self.ipo.optimize("python", steps=-3)
        error = caught.exception
        self.assertEqual((grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", "settings.steps"),
                         (error.code, error.reason, error.field))
        with self.assertRaises(IpoError) as caught:
            self.ipo.report("gone")
        self.assertEqual(("RUN_NOT_FOUND", {"run": "gone"}), (caught.exception.reason, caught.exception.metadata))


if __name__ == "__main__":
    unittest.main()
