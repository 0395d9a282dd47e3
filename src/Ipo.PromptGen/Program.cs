using Ipo.PromptGen;
using Ipo.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("prompt-gen");
builder.AddIpoRedis();
builder.AddProposers();

var app = builder.Build();
app.MapServiceDefaults();
app.MapGrpcService<PromptGenService>();
return await app.RunServiceAsync();
