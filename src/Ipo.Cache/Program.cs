using Ipo.Cache;
using Ipo.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("redis", grpc: false);
EmbeddedRedis.Add(builder);

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync();
