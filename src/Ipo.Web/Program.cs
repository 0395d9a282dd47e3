using Ipo.ServiceDefaults;
using Ipo.Web;

var builder = ServiceHost.CreateBuilder(args);
builder.AddServiceDefaults("web", grpc: false);
builder.AddWeb();

var app = builder.Build();
app.MapServiceDefaults();
app.MapWeb();
return await app.RunServiceAsync();
