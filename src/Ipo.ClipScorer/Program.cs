using Ipo.ClipScorer;
using Ipo.ClipScorer.Model;
using Ipo.ServiceDefaults;

if (args is [CheckpointInspection.Argument, .. var folders]) return CheckpointInspection.Run(folders, Console.Out, Console.Error);

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("clip-scorer");
builder.AddClipScorer(redis: builder.AddIpoRedis("redis"));

var app = builder.Build();
app.MapServiceDefaults();
app.MapGrpcService<ClipScorerService>();

var checkpoint = app.Services.GetRequiredService<CheckpointLoader>();
var exitCode = await app.RunServiceAsync();
return checkpoint.Failed ? 1 : exitCode;
