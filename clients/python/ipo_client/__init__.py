"""A client for Ipo: bring labelled images, search for a better CLIP prompt, and use it.

    from ipo_client import Ipo

    ipo = Ipo("localhost:8081")
    ipo.upload("photos/flowers", name="flowers")
    run = ipo.optimize("flowers", steps=50, on_progress=print)
    print(ipo.report(run.run_id).markdown)
    print(ipo.classify(run.run_id, [open("new.jpg", "rb").read()]))

Every message is the contract's own (ipo.v1), whose comments are the manual. Embeddings and weights are NumPy arrays of
float32. Calls that change nothing when they are sent twice are sent again while the server cannot be reached; others are
not. What the server refuses raises IpoError.
"""

import hashlib
import io
import json
import os
import pathlib
import time
import uuid

import grpc
from google.protobuf import descriptor_pb2

from . import _protos as pb

__all__ = ["Ipo", "IpoError", "Scorer"]

_CHUNK = 256 * 1024
_ASK_AT_ONCE = 50_000  # the contract takes 100,000 digests in a request


class IpoError(Exception):
    """What the server refuses.

    code: the gRPC status code. reason: what happened, for programs, for instance INVALID_FIELD; never renamed. field: path
    of the field that is wrong, or None. retry_after: seconds to wait before the same request may work, or None.
    metadata: what the error is about, by name.
    """

    def __init__(self, code, message, details):
        super().__init__(message)
        self.code = code
        self.reason, self.metadata, self.field, self.retry_after = None, {}, None, None
        for detail in details:
            info, bad, retry = pb.error_details.ErrorInfo(), pb.error_details.BadRequest(), pb.error_details.RetryInfo()
            if detail.Unpack(info):
                self.reason, self.metadata = info.reason, dict(info.metadata)
            elif detail.Unpack(bad):
                self.field = bad.field_violations[0].field
            elif detail.Unpack(retry):
                self.retry_after = retry.retry_delay.ToTimedelta().total_seconds()


def _refused(error):
    trailers = dict(error.trailing_metadata() or ())
    status = pb.status.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    return IpoError(error.code(), error.details(), status.details)


class _Token(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor):
    """Sends with every call who makes it."""

    def __init__(self, token):
        self._header = ("authorization", f"Bearer {token}")

    def _call(self, continuation, details, request):
        return continuation(details._replace(metadata=[*(details.metadata or ()), self._header]), request)

    intercept_unary_unary = intercept_unary_stream = intercept_stream_unary = _call


def _connect(address, credentials, modules, token=None):
    # gRPC's Python library takes host:port; endpoints.json and people write URLs.
    scheme, _, rest = address.rpartition("://")
    target = rest.rstrip("/")
    if scheme == "https" and not credentials:
        authority = os.environ.get("IPO_TLS_AUTHORITY")
        credentials = grpc.ssl_channel_credentials(pathlib.Path(authority).read_bytes() if authority else None)
    if token and not credentials and target.rpartition(":")[0] not in ("localhost", "127.0.0.1", "[::1]"):
        raise ValueError(f"The key is not sent to {target}: without TLS anybody on the way could read it. Use https://, or credentials= of gRPC.")
    methods = [
        {"service": service.full_name, "method": method.name}
        for module in modules
        for service in module.DESCRIPTOR.services_by_name.values()
        for method in service.methods
        if method.GetOptions().idempotency_level != descriptor_pb2.MethodOptions.IDEMPOTENCY_UNKNOWN
    ]
    config = {
        "methodConfig": [{
            "name": methods,
            "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.2s", "maxBackoff": "5s", "backoffMultiplier": 2,
                            "retryableStatusCodes": ["UNAVAILABLE"]},
        }],
    }
    options = [("grpc.service_config", json.dumps(config)), ("grpc.max_receive_message_length", -1)]
    channel = grpc.secure_channel(target, credentials, options) if credentials else grpc.insecure_channel(target, options)
    return grpc.intercept_channel(channel, _Token(token)) if token else channel


def _call(method, request, **options):
    try:
        return method(request, **options)
    except grpc.RpcError as error:
        raise _refused(error) from error


def _stream(method, request):
    try:
        yield from method(request)
    except grpc.RpcError as error:
        raise _refused(error) from error


def _sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


class Ipo:
    """An orchestrator.

    address: host:port of its gRPC port, or a URL; https:// takes TLS, with the authorities of the file that the variable
    IPO_TLS_AUTHORITY names, or the system's. credentials: of grpc.ssl_channel_credentials() for TLS of your own.
    token: the API key or token to call with; None for the variable IPO_TOKEN, and "" for none.
    """

    def __init__(self, address, credentials=None, token=None):
        self._channel = _connect(address, credentials, [
            pb.system, pb.datasets, pb.uploads, pb.runs, pb.reports, pb.serving, pb.evaluation,
            pb.operations], os.environ.get("IPO_TOKEN") if token is None else token)
        self.system = pb.system_rpc.SystemServiceStub(self._channel)
        self.datasets = pb.datasets_rpc.DatasetServiceStub(self._channel)
        self.uploads = pb.uploads_rpc.UploadServiceStub(self._channel)
        self.runs = pb.runs_rpc.RunServiceStub(self._channel)
        self.reports = pb.reports_rpc.ReportServiceStub(self._channel)
        self.serving = pb.serving_rpc.ServingServiceStub(self._channel)
        self.evaluation = pb.evaluation_rpc.EvaluationServiceStub(self._channel)
        self.operations = pb.operations_rpc.OperationServiceStub(self._channel)

    def close(self):
        self._channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def upload(self, folder, name, hand_written_template="", on_progress=None):
        """Brings a folder of images, in any layout that Ipo reads, and registers it as a dataset.

        Only what the server lacks is sent: an upload whose connection is lost goes on where it stood, and so does one that is
        called again. on_progress: called with (bytes sent, bytes to send). Returns the Dataset.
        """
        folder = pathlib.Path(folder)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        if not paths:
            raise ValueError(f"{folder} holds no files.")
        digests = {path: _sha256(path) for path in paths}
        manifest = "".join(_line(digest, path.relative_to(folder).as_posix()) for path, digest in digests.items()).encode()
        whole = hashlib.sha256(manifest).hexdigest()
        sources = {digest: path for path, digest in digests.items()}
        self._send({**{digest: (path.stat().st_size, lambda path=path: open(path, "rb")) for digest, path in sources.items()},
                    whole: (len(manifest), lambda: io.BytesIO(manifest))}, on_progress)
        request = pb.datasets.RegisterDatasetRequest(name=name, upload=whole, hand_written_template=hand_written_template)
        return self.operate(registration=request).dataset

    def evaluate(self, dataset, templates, split="validation", classes="all", shots=0, seed=0, operation_id=""):
        """Scores templates, each alone, on a split of a dataset: "train", "validation" or "test", with "all", "base" or "novel"
        classes. operation_id as for operate: asked again under it, it is one look at test images. Returns the response."""
        return self.operate(operation_id, evaluation=pb.evaluation.EvaluateTemplatesRequest(
            dataset=dataset, prompt_sets=[pb.prompt_set.PromptSet(templates=[template]) for template in templates],
            split=pb.evaluation.Split.Value(f"SPLIT_{split.upper()}"), shots=shots, seed=seed,
            classes=pb.evaluation.EvaluatedClasses.Value(f"EVALUATED_CLASSES_{classes.upper()}"))).scores

    def operate(self, operation_id="", on_progress=None, **work):
        """Has work done that goes on in the server while the connection is lost, and waits for it; a server that restarts
        meanwhile is waited for, and goes on with it.

        work: registration=RegisterDatasetRequest(...) or evaluation=EvaluateTemplatesRequest(...). operation_id: under it the
        same work is joined, or its result given again, for a week; made up by default. on_progress: called with every new
        state of the Operation. Returns the Operation; raises IpoError where it fails or is cancelled.
        """
        request = pb.operations.CreateOperationRequest(operation_id=operation_id or f"python-{uuid.uuid4()}", **work)
        begun = False
        while True:
            try:
                operation = _call(self.operations.CreateOperation, request).operation
                begun = True
                for response in _stream(self.operations.WatchOperation, pb.operations.WatchOperationRequest(
                        operation_id=request.operation_id)):
                    operation = response.operation
                    if on_progress:
                        on_progress(operation)
                if operation.state != pb.operations.OPERATION_STATE_INTERRUPTED:
                    break
            except IpoError as error:
                if not begun or error.code != grpc.StatusCode.UNAVAILABLE:
                    raise
            time.sleep(1)
        if operation.state == pb.operations.OPERATION_STATE_CANCELLED:
            raise IpoError(grpc.StatusCode.CANCELLED, f"Operation {operation.operation_id} was cancelled.", [])
        if operation.HasField("error"):
            code = next(code for code in grpc.StatusCode if code.value[0] == operation.error.code)
            raise IpoError(code, operation.error.message, operation.error.details)
        return operation

    def _send(self, files, on_progress):
        begun = False
        while True:
            try:
                missing = self._missing(list(files))
                begun = True
                if missing:
                    _call(self.uploads.UploadFiles, self._parts(files, missing, on_progress))
                return
            except IpoError as error:
                # BUSY: the server has not noticed yet that the call before broke off.
                if not begun or (error.code != grpc.StatusCode.UNAVAILABLE and error.reason != "BUSY"):
                    raise
                time.sleep(error.retry_after or 1)

    def _missing(self, digests):
        missing = []
        for at in range(0, len(digests), _ASK_AT_ONCE):
            request = pb.uploads.FindMissingFilesRequest(sha256=digests[at:at + _ASK_AT_ONCE])
            missing += _call(self.uploads.FindMissingFiles, request).files
        return missing

    @staticmethod
    def _parts(files, missing, on_progress):
        total = sum(files[file.sha256][0] - file.received_bytes for file in missing)
        sent = 0
        for file in missing:
            size, opened = files[file.sha256]
            yield pb.uploads.UploadFilesRequest(start=pb.uploads.FileStart(
                sha256=file.sha256, size_bytes=size, offset=file.received_bytes))
            with opened() as content:
                content.seek(file.received_bytes)
                while chunk := content.read(_CHUNK):
                    yield pb.uploads.UploadFilesRequest(content=chunk)
                    sent += len(chunk)
                    if on_progress:
                        on_progress(sent, total)

    def optimize(self, dataset, run_id="", labels=None, display_name="", on_progress=None, **settings):
        """Creates a run and waits until it is final.

        settings: fields of RunSettings, for instance steps=50, shots=16, seed=1, preset="ipo-paper". labels: a
        dictionary of what the run is filed under. display_name: what you call it. on_progress: called with every new state of
        the Run. Returns the Run; raises IpoError where it is refused.
        """
        request = pb.runs.CreateRunRequest(
            run_id=run_id, labels=labels or {}, display_name=display_name, settings=pb.runs.RunSettings(dataset=dataset, **settings))
        run = _call(self.runs.CreateRun, request).run
        for run in self.watch(run.run_id):
            if on_progress:
                on_progress(run)
        return run

    def watch(self, run_id):
        """The run's state now and after every change, until it is final; a server that restarts meanwhile is waited for."""
        request = pb.runs.WatchRunRequest(run_id=run_id)
        while True:
            try:
                for response in _stream(self.runs.WatchRun, request):
                    request.since_journal_length = response.run.journal_length  # what was seen does not come again
                    yield response.run
                return
            except IpoError as error:
                if error.code != grpc.StatusCode.UNAVAILABLE:
                    raise
                time.sleep(1)

    def report(self, run_id, view="full"):
        """The report of a completed run: .report in structure, .markdown for a person; with view="basic" without the latter and
        without the trajectory."""
        return _call(self.reports.GetRunReport, pb.reports.GetRunReportRequest(
            run_id=run_id, view=pb.reports.ReportView.Value(f"REPORT_VIEW_{view.upper()}")))

    def classify(self, run_id, images, top_k=1, all_classes=False, any_checkpoint=False):
        """Classifies image files (bytes) with what a completed run recommends. Returns a Classification for each.
        Refused where another checkpoint is loaded than the run was made with, unless any_checkpoint."""
        images = list(images)
        answers = []
        for at in range(0, len(images), 64):  # the contract's limit
            request = pb.serving.ClassifyImagesRequest(
                run_id=run_id, contents=images[at:at + 64], top_k=top_k, all_classes=all_classes,
                any_checkpoint=any_checkpoint)
            answers += _call(self.serving.ClassifyImages, request).classifications
        return answers

    def export(self, run_id, form="safetensors", all_classes=False):
        """What a run recommends in another tool's form, as a dictionary from suffix ('' for the first file) to bytes."""
        form = pb.reports.ExportFormat.Value(f"EXPORT_FORMAT_{form.upper()}")
        files = {}
        for part in _stream(self.reports.ExportRun, pb.reports.ExportRunRequest(
                run_id=run_id, format=form, all_classes=all_classes)):
            files.setdefault(part.suffix, bytearray()).extend(part.content)
        return {suffix: bytes(content) for suffix, content in files.items()}

    def weights(self, run_id, all_classes=False):
        """The zero-shot classifier of a run: (weights, class names), weights of shape [embedding dimension, classes],
        float32 and L2-normalised: scores = image_embedding @ weights."""
        import numpy

        files = self.export(run_id, "npy", all_classes)
        return numpy.load(io.BytesIO(files[""])), json.loads(files[".classes.json"])


class Scorer:
    """A clip-scorer by itself: embeds images and texts, scores prompt templates, classifies. address as for Ipo."""

    def __init__(self, address, credentials=None):
        self._channel = _connect(address, credentials, [pb.scorer])
        self.rpc = pb.scorer_rpc.ClipScorerServiceStub(self._channel)

    def model(self):
        """The checkpoint that it uses."""
        return _call(self.rpc.GetModel, pb.scorer.GetModelRequest()).model

    def embed_images(self, images, batch=64):
        """Embeddings of image files (bytes), shape [images, embedding dimension], float32, L2-normalised."""
        import numpy

        return numpy.stack([numpy.frombuffer(answer.embedding, "<f4") for answer in self._embed(list(images), batch, True)])

    def _embed(self, images, batch, include_embeddings):
        answers = []
        for at in range(0, len(images), batch):
            request = pb.scorer.EmbedImagesRequest(include_embeddings=include_embeddings, images=_images(images[at:at + batch]))
            answers += _call(self.rpc.EmbedImages, request).embeddings
        for index, answer in enumerate(answers):
            if answer.rejection:
                raise ValueError(f"images[{index}]: {answer.rejection}")
        return answers

    def embed_texts(self, texts, batch=512):
        """Embeddings of texts, shape [texts, embedding dimension], float32, L2-normalised."""
        import numpy

        rows = []
        texts = list(texts)
        for at in range(0, len(texts), batch):
            answer = _call(self.rpc.EmbedTexts, pb.scorer.EmbedTextsRequest(texts=texts[at:at + batch]))
            rows += [numpy.frombuffer(embedding, "<f4") for embedding in answer.embeddings]
        return numpy.stack(rows)

    def score(self, images, labels, class_names, templates):
        """Scores templates, each alone, on labelled image files (bytes), each given once. labels: for each image the index of its
        class. Returns for each template the Score: .accuracy in 0..1, .loss as mean cross-entropy in nats; raises ValueError
        where one cannot be scored."""
        images = list(images)
        wanted = pb.scorer.PutImageSetRequest(
            sha256s=[hashlib.sha256(image).digest() for image in images], labels=labels, class_count=len(class_names))
        put = _call(self.rpc.PutImageSet, wanted)
        if put.missing:
            self._embed([images[index] for index in put.missing], 64, False)
            put = _call(self.rpc.PutImageSet, wanted)
        request = pb.scorer.ScoreTemplatesRequest(
            image_set_digest=put.image_set_digest, class_names=class_names,
            prompt_sets=[pb.prompt_set.PromptSet(templates=[template]) for template in templates])
        scores = {}
        for answer in _stream(self.rpc.ScoreTemplates, request):  # in no order
            if answer.refusal:
                raise ValueError(f"templates[{answer.prompt_set_index}]: {answer.refusal}")
            scores[answer.prompt_set_index] = answer.score
        return [scores[index] for index in range(len(templates))]

    def classify(self, images, class_names, templates, top_k=1):
        """Classifies image files (bytes) with templates that classify together. Returns a Classification for each image."""
        images = list(images)
        answers = []
        for at in range(0, len(images), 64):
            request = pb.scorer.ClassifyRequest(
                images=_images(images[at:at + 64]), class_names=class_names, top_k=top_k,
                prompt_set=pb.prompt_set.PromptSet(templates=templates))
            answers += _call(self.rpc.Classify, request).classifications
        return answers


def _images(contents):
    return [pb.scorer.Image(sha256=hashlib.sha256(content).digest(), content=content) for content in contents]


def _line(digest, path):
    # As sha256sum writes a line: a name with a backslash or a line break is escaped, and the line begins with a backslash.
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == path else chr(92)}{digest}  {escaped}\n"
