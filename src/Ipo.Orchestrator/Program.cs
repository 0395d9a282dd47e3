using Ipo.Orchestrator;
using Ipo.Orchestrator.Clients;
using Ipo.ServiceDefaults;
using Ipo.V1;

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("orchestrator");
ComparisonScorers.Add(builder);
builder.AddIpoGrpcClient<ClipScorerService.ClipScorerServiceClient>(ScorerClient.Service);
builder.AddIpoGrpcClient<CaptionerService.CaptionerServiceClient>(ProviderClient.Captioner);
builder.AddIpoGrpcClient<PromptGenService.PromptGenServiceClient>(ProviderClient.PromptGen);
builder.AddOrchestrator();

var app = builder.Build();
app.MapServiceDefaults();
app.MapOrchestrator();
return await app.RunServiceAsync();
