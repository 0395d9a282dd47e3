using Ipo.ClipScorer;
using Ipo.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("clip-scorer");
builder.AddClipScorer(redis: builder.AddIpoRedis("redis"));

var app = builder.Build();
app.MapServiceDefaults();
app.MapGrpcService<ClipScorerService>();

var checkpoint = app.Services.GetRequiredService<CheckpointLoader>();
var exitCode = await app.RunServiceAsync();
return checkpoint.Failed ? 1 : exitCode;
