using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ipo.ClipScorer;

/// <summary>
/// ONNX Runtime's published builds tell their maker about the models that are loaded, and keep a device id below the
/// home folder. They ask this variable, with the C library's getenv and once, when the native library is loaded.
/// Whoever scores with Ipo has not agreed to that, and class names may be secret: so it is turned off here, whoever
/// loads this assembly and whatever their environment says.
/// </summary>
internal static partial class OnnxRuntimeTelemetry
{
    public const string Switch = "ORT_DISABLE_TELEMETRY";

    /// <summary>Runs before any other code of this assembly. A program that calls ONNX
    /// Runtime itself calls this first.</summary>
    [ModuleInitializer]
    public static void TurnOff()
    {
        Environment.SetEnvironmentVariable(Switch, "1"); // Windows, and processes that are started from here
        if (OperatingSystem.IsWindows()) return;
        // Elsewhere .NET keeps variables to itself: native code does not see what was set above.
        if (SetVariable(Switch, "1", overwrite: 1) != 0)
            throw new InvalidOperationException($"{Switch} cannot be set, and without it ONNX Runtime would send telemetry.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
