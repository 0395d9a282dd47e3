using Ipo.ClipScorer.Checkpoints;
using Ipo.ClipScorer.Settings;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Ipo.ClipScorer.Devices;

/// <summary>Where and how the towers run: chosen once, when a checkpoint is loaded.</summary>
/// <param name="Provider">"cpu" or "cuda".</param>
/// <param name="Threads">Threads on the CPU, of all runs together.</param>
/// <param name="IsHalf">Whether the towers compute in fp16: on CUDA, whose products still accumulate in
/// fp32. On the CPU it gains nothing and is there so that the fp16 graphs can be run, and their scores
/// compared, on a machine without a card.</param>
/// <param name="FallbackReason">Why Auto did not take CUDA; null when it did or was not asked.</param>
internal sealed record ExecutionDevice(string Provider, int Threads, bool IsHalf, string? FallbackReason)
{
    private const string CudaProvider = "CUDAExecutionProvider";

    // Memory-efficient attention. With a mask cuDNN's would be taken, which is 2 % faster and takes some 50
    // ms more for each shape that is new to it.
    private const string EfficientAttention = "2";

    // 512 rows reach 85 % of the CPU's GEMM rate and 64 rows 71 %, while activations
    // still fit the cache; a card wants thousands.
    private const int RowsOnCpu = 512;
    private const int RowsOnCuda = 32_768;

    // A ViT-B/32 works at 84 % or more of the rate of its products from 8 images
    // in a run on; a card wants far more rows.
    private const int ImagesPerThread = 8;
    private const int MostImages = 64;

    /// <summary>Held while a card works: to record one thread's launches fails where another thread of the process
    /// allocates memory on the card meanwhile.</summary>
    public static Lock GpuLock { get; } = new();

    public bool IsCuda => Provider == "cuda";

    /// <summary>Tokens of all items together that one run takes: at most for images (a single one may have more), about
    /// so many for packed texts, whose sequences are rounded up, and for texts of one length.</summary>
    public int RowsPerRun { get; init; } = Provider == "cuda" ? RowsOnCuda : RowsOnCpu;

    /// <summary>Whether the towers are those of a card. Texts of all lengths may then run together, packed into
    /// sequences; on the CPU runs of one length do with less arithmetic and are equal to the bit whatever runs beside a
    /// text. And images reach the vision tower as bytes; on the CPU there is no bus for them to cross.</summary>
    public bool UsesGpuTowers { get; init; } = Provider == "cuda";

    /// <summary>Runs that go side by side. On the CPU each has one thread: within a run of a few hundred rows threads
    /// would wait for one another at every operator.</summary>
    public int RunsAtOnce => IsCuda ? 1 : Threads;

    /// <summary>Images that keep the device busy when they are encoded together.</summary>
    public int ImagesAtOnce => IsCuda ? MostImages : Math.Min(ImagesPerThread * Threads, MostImages);

    /// <summary>Batches of images in the making or under way: a card works on one while the next is written. On the CPU
    /// a second would keep images from joining the first, and take the cores that it needs.</summary>
    public int ImageBlocks => UsesGpuTowers ? 2 : 1;

    /// <summary>"fp16" or "fp32".</summary>
    public string Precision => IsHalf ? "fp16" : "fp32";

    /// <summary>The device for people, threads included.</summary>
    public string DisplayName => IsCuda ? "CUDA device 0" : $"CPU, {Threads} thread{(Threads == 1 ? "" : "s")}";

    /// <summary>The CPU.</summary>
    /// <param name="threads">Threads; 0 means what the process may use.</param>
    /// <param name="fallbackReason">Why it is not CUDA, where that was wanted.</param>
    /// <remarks>
    /// .NET's processor count follows the process's affinity and its cgroup's quota (rounded up). ONNX Runtime's own
    /// default is the host's cores, whatever the container may use (microsoft/onnxruntime#29510).
    /// </remarks>
    public static ExecutionDevice Cpu(int threads, string? fallbackReason = null) =>
        new("cpu", threads > 0 ? threads : Environment.ProcessorCount, IsHalf: false, fallbackReason);

    /// <summary>Chooses by the options: Auto tries CUDA and falls back with the reason.</summary>
    /// <exception cref="CheckpointException">CUDA was asked for and does not work here.</exception>
    public static ExecutionDevice Choose(ModelOptions options)
    {
        if (options.Device == DeviceChoice.Cpu) return Cpu(options.Threads);
        var missing = WhyNoCuda();
        if (missing is null) return new("cuda", Cpu(options.Threads).Threads, IsHalf: true, null);
        return options.Device == DeviceChoice.Auto ? Cpu(options.Threads, missing) : throw new CheckpointException(
            $"{ModelOptions.Section}:Device is Cuda, but CUDA does not work here: "
            + $"{missing} Fix that, or set {ModelOptions.Section}:Device to Auto or Cpu.");
    }

    /// <summary>Images that one run takes at most.</summary>
    /// <param name="tokens">Tokens of an image.</param>
    public int ImagesPerRun(int tokens) => Math.Max(1, RowsPerRun / tokens);

    /// <summary>Session options for this device. The caller disposes them.</summary>
    /// <param name="weightsFolder">Where the files that the graph's external data names stand.</param>
    /// <param name="isReplayed">Whether runs on a card are to be recorded and replayed (CUDA graphs).</param>
    public SessionOptions Session(string weightsFolder, bool isReplayed)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = IsCuda ? Threads : 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Text lengths and batch sizes vary; a plan for each would be kept for ever.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Threads that spin while they wait take the cores from whoever shares them.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weightsFolder);
        if (IsCuda) AppendCuda(options, isReplayed);
        return options;
    }

    /// <summary>Whether an exception is what ONNX Runtime throws where a device fails or is not there.</summary>
    public static bool IsFault(Exception fault) => fault is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException;

    private static string? WhyNoCuda()
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider))
            return "this build has no CUDA provider (x64 Linux and Windows have one, unless built with -p:UseGpu=false).";
        try
        {
            using var options = new SessionOptions();
            AppendCuda(options, isReplayed: false);
            return null;
        }
        catch (Exception missing) when (IsFault(missing))
        {
            return $"ONNX Runtime cannot start its CUDA provider ({missing.Message.ReplaceLineEndings(" ")}).";
        }
    }

    private static void AppendCuda(SessionOptions options, bool isReplayed)
    {
        using var cuda = new OrtCUDAProviderOptions();
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = "0",
            // Growing by what is asked for keeps the arena near what the few shapes need.
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            // The products that are in fp32 are so because they have to be precise.
            ["use_tf32"] = "0",
        };
        if (isReplayed)
        {
            settings["enable_cuda_graph"] = "1";
            settings["sdpa_kernel"] = EfficientAttention;
        }
        cuda.UpdateOptions(settings);
        options.AppendExecutionProvider_CUDA(cuda);
    }
}
