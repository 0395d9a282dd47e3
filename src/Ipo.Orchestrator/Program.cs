using Ipo.Orchestrator;
using Ipo.Orchestrator.Services;
using Ipo.ServiceDefaults;
using Ipo.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("orchestrator");
builder.AddIpoGrpcClient<ClipScorerService.ClipScorerServiceClient>(Scorer.Service);
builder.AddIpoGrpcClient<CaptionerService.CaptionerServiceClient>(Providers.Captioner);
builder.AddIpoGrpcClient<PromptGenService.PromptGenServiceClient>(Providers.PromptGen);
builder.AddOrchestrator();

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrchestrator();
return await app.RunServiceAsync();
