using Google.Protobuf.WellKnownTypes;
using Ipo.Orchestrator.Contract;

namespace Ipo.Orchestrator.Datasets;

/// <summary>A dataset as its message.</summary>
internal static class DatasetMessages
{
    public static V1.Dataset Of(Dataset dataset)
    {
        var message = new V1.Dataset
        {
            Name = dataset.Name,
            Path = dataset.Folder,
            Digest = dataset.Digest,
            TrainImages = dataset.Of(DatasetSplit.Train).Count(),
            ValidationImages = dataset.Of(DatasetSplit.Validation).Count(),
            TestImages = dataset.Of(DatasetSplit.Test).Count(),
            Layout = dataset.Layout,
            HandWrittenTemplate = dataset.HandWrittenTemplate ?? "",
            RegisteredAt = dataset.RegisteredAt.ToTimestamp(),
        };
        message.ClassNames.AddRange(dataset.ClassNames);
        message.Warnings.AddRange(dataset.Warnings);
        return message;
    }

    /// <summary>Null before anything began.</summary>
    public static V1.RegistrationProgress? Of(RegistrationProgress progress) => progress.Stage is { } stage
        ? new()
        {
            Stage = EnumMapping<RegistrationStage, V1.RegistrationStage>.Of(stage),
            FilesDone = progress.FilesDone,
            Files = progress.Files,
        }
        : null;
}
