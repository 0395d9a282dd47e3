using Ipo.AppHost;

HostEnvironment.Prepare();
var builder = DistributedApplication.CreateBuilder(args);
var settings = HostSettings.Read(builder);
if (settings.Fault is { } fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}

var redis = builder.AddRedis(settings);
var clipScorers = builder.AddClipScorers(settings, redis);

var captioner = builder.AddProject<Projects.Ipo_Captioner>("captioner")
    .AsService("ImageMultiple", settings.Captioner)
    .WithRedis(redis)
    .WithClipScorers(clipScorers)
    .WithOpenAiKey("Ipo__Captioner__OpenAI__ApiKey", settings, asksModel: !settings.HasEmbeddedCaptioner);

var promptGen = builder.AddProject<Projects.Ipo_PromptGen>("prompt-gen")
    .AsService("ChatSparkle", settings.PromptGen)
    .WithRedis(redis)
    .WithOpenAiKey("Ipo__PromptGen__OpenAI__ApiKey", settings, settings.AsksLanguageModel);

var orchestrator = builder.AddProject<Projects.Ipo_Orchestrator>("orchestrator")
    .AsService("Flowchart", settings.Orchestrator)
    .WithPublicEndpoints()
    .WithReportCommand()
    .WithClipScorers(clipScorers)
    .WithComparisonScorers(settings, redis)
    .WithReference(captioner).WaitFor(captioner)
    .WithReference(promptGen).WaitFor(promptGen)
    .WithPostgres(settings);

builder.AddProject<Projects.Ipo_Web>("web")
    .RunLocally()
    .WithReadiness()
    .WithPages(orchestrator)
    .WithSettings(settings.Web);

SampleRun.Add(builder, settings, orchestrator);

builder.AddHostServices(settings);
await using var application = builder.Build();
await application.RunAsync();
return Environment.ExitCode;
