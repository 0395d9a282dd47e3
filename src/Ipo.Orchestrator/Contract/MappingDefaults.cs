using Riok.Mapperly.Abstractions;

// Between records and the contract: a field that nothing fills and a value of a closed set without its name do not
// compile, and no value becomes text or another number on the way. What is null stays absent.
[assembly: MapperDefaults(
    RequiredMappingStrategy = RequiredMappingStrategy.Target,
    EnumMappingStrategy = EnumMappingStrategy.ByName,
    RequiredEnumMappingStrategy = RequiredMappingStrategy.Source,
    EnabledConversions = MappingConversionType.All & ~MappingConversionType.ToStringMethod & ~MappingConversionType.ParseMethod
        & ~MappingConversionType.ExplicitCast,
    AllowNullPropertyAssignment = false)]
