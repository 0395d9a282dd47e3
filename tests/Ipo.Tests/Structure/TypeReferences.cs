using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Ipo.Tests.Structure;

/// <summary>
/// The types of an assembly that a type of it uses: in its declaration, its members' signatures, its attributes, its methods'
/// bodies.
/// </summary>
internal sealed class TypeReferences
{
    private readonly PEReader file;
    private readonly MetadataReader metadata;
    private readonly Dictionary<string, TypeDefinitionHandle> byName = new(StringComparer.Ordinal);

    /// <summary>Reads an assembly.</summary>
    public TypeReferences(PEReader file)
    {
        (this.file, metadata) = (file, file.GetMetadataReader());
        foreach (var type in metadata.TypeDefinitions) byName[NameOf(type)] = type;
    }

    /// <summary>The namespace of a type; of a nested one that of the type around it.</summary>
    public string NamespaceOf(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } around ? NamespaceOf(around) : metadata.GetString(type.Namespace);
    }

    /// <summary>The full name of a type, "+" before a nested one, as reflection writes it.</summary>
    public string NameOf(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } around) return $"{NameOf(around)}+{name}";
        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    /// <summary>What a type uses.</summary>
    public IReadOnlySet<TypeDefinitionHandle> UsedBy(TypeDefinitionHandle handle)
    {
        var used = new UsedTypes(metadata, byName);
        var type = metadata.GetTypeDefinition(handle);
        used.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations().Select(metadata.GetInterfaceImplementation))
            used.Add(implemented.Interface);
        AddConstraints(used, type.GetGenericParameters());
        used.AddAttributes(type.GetCustomAttributes());
        foreach (var field in type.GetFields().Select(metadata.GetFieldDefinition))
        {
            field.DecodeSignature(used, null);
            used.AddAttributes(field.GetCustomAttributes());
        }
        foreach (var property in type.GetProperties().Select(metadata.GetPropertyDefinition))
            used.AddAttributes(property.GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition)) AddMethod(used, method);
        return used.Types;
    }

    private void AddMethod(UsedTypes used, MethodDefinition method)
    {
        method.DecodeSignature(used, null);
        AddConstraints(used, method.GetGenericParameters());
        used.AddAttributes(method.GetCustomAttributes());
        foreach (var parameter in method.GetParameters().Select(metadata.GetParameter))
            used.AddAttributes(parameter.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0) return; // it has no body

        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(used, null);
        foreach (var region in body.ExceptionRegions) used.Add(region.CatchType);
        foreach (var token in MethodBody.TokensIn(body.GetILReader())) used.Add(token);
    }

    private void AddConstraints(UsedTypes used, GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(metadata.GetGenericParameter))
            foreach (var constraint in parameter.GetConstraints())
                used.Add(metadata.GetGenericParameterConstraint(constraint).Type);
    }
}
