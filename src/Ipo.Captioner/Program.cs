using Ipo.Captioner;
using Ipo.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("captioner");
builder.AddIpoRedis();
builder.AddCaptioner();

var app = builder.Build();
app.MapServiceDefaults();
app.MapGrpcService<CaptionerService>();
return await app.RunServiceAsync();
