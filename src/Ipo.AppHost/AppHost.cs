using Ipo.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var settings = HostSettings.Read(builder);
if (settings.Fault is { } fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}

var redis = builder.AddRedis(settings);

var clipScorer = builder.AddProject("clip-scorer", "../Ipo.ClipScorer/Ipo.ClipScorer.csproj", launchProfileName: null)
    .WithServicePorts()
    .WithReference(redis, connectionName: "redis")
    .WithSettings(settings.ClipScorer)
    .WaitFor(redis);

var captioner = builder.AddProject("captioner", "../Ipo.Captioner/Ipo.Captioner.csproj", launchProfileName: null)
    .WithServicePorts()
    .WithReference(redis, connectionName: "redis")
    .WithReference(clipScorer)
    .WithSettings(settings.Captioner)
    .WithOpenAiKey("Ipo__Captioner__OpenAI__ApiKey", settings)
    .WaitFor(clipScorer);

var promptGen = builder.AddProject("prompt-gen", "../Ipo.PromptGen/Ipo.PromptGen.csproj", launchProfileName: null)
    .WithServicePorts()
    .WithSettings(settings.PromptGen)
    .WithOpenAiKey("Ipo__PromptGen__OpenAI__ApiKey", settings);

var orchestrator = builder.AddProject("orchestrator", "../Ipo.Orchestrator/Ipo.Orchestrator.csproj", launchProfileName: null)
    .WithServicePorts()
    .WithExternalHttpEndpoints()
    .WithReference(clipScorer)
    .WithReference(captioner)
    .WithReference(promptGen)
    .WithSettings(settings.Orchestrator)
    .WaitFor(clipScorer)
    .WaitFor(captioner)
    .WaitFor(promptGen);

builder.AddSample(settings, orchestrator);

builder.Build().Run();
return Environment.ExitCode;
