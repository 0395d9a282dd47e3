namespace Ipo.Orchestrator.Datasets;

/// <summary>How far a registration is; written by the threads that read files and looked at by whoever waits.</summary>
internal sealed class RegistrationProgress
{
    private long _files, _done;
    private int _stage;

    /// <summary>What is being done; null before it began.</summary>
    public RegistrationStage? Stage => Volatile.Read(ref _stage) is var stage and > 0 ? (RegistrationStage)stage : null;

    /// <summary>Files of this stage; 0 where it is not known yet how many there are.</summary>
    public long Files => Volatile.Read(ref _files);

    /// <summary>Files of this stage that are done.</summary>
    public long FilesDone => Volatile.Read(ref _done);

    /// <summary>A stage begins.</summary>
    public void Begin(RegistrationStage stage, long files)
    {
        Volatile.Write(ref _done, 0);
        Volatile.Write(ref _files, files);
        Volatile.Write(ref _stage, (int)stage);
    }

    /// <summary>A file of the stage is done.</summary>
    public void Done() => Interlocked.Increment(ref _done);
}

/// <summary>What a registration is doing.</summary>
internal enum RegistrationStage
{
    Unpacking = 1,
    ReadingImages = 2,
    Listing = 3,
    Saving = 4,
}
