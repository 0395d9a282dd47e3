using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Ipo.Tests.Structure;

/// <summary>
/// Collects the types of an assembly that its signatures, handles and attributes name. Types of other assemblies are passed over.
/// </summary>
/// <param name="metadata">The assembly.</param>
/// <param name="byName">Its types by full name: attributes name types as text.</param>
internal sealed class UsedTypes(MetadataReader metadata, IReadOnlyDictionary<string, TypeDefinitionHandle> byName)
    : ISignatureTypeProvider<string, object?>, ICustomAttributeTypeProvider<string>
{
    private readonly HashSet<TypeDefinitionHandle> types = [];

    /// <summary>The types so far.</summary>
    public IReadOnlySet<TypeDefinitionHandle> Types => types;

    /// <summary>Adds what a handle stands for: a type, or a member with its type and its signature.</summary>
    public void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition: types.Add((TypeDefinitionHandle)handle); break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                break;
            case HandleKind.MethodDefinition: Add(metadata.GetMethodDefinition((MethodDefinitionHandle)handle)); break;
            case HandleKind.FieldDefinition: Add(metadata.GetFieldDefinition((FieldDefinitionHandle)handle)); break;
            case HandleKind.MemberReference: Add(metadata.GetMemberReference((MemberReferenceHandle)handle)); break;
            case HandleKind.MethodSpecification: Add(metadata.GetMethodSpecification((MethodSpecificationHandle)handle)); break;
            case HandleKind.StandaloneSignature:
                metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, null);
                break;
        }
    }

    /// <summary>Adds attributes and the types that they name.</summary>
    public void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(metadata.GetCustomAttribute))
        {
            Add(attribute.Constructor);
            var arguments = attribute.DecodeValue(this);
            var values = arguments.FixedArguments.Select(one => one.Value).Concat(arguments.NamedArguments.Select(one => one.Value));
            foreach (var name in values.OfType<string>().Where(byName.ContainsKey)) types.Add(byName[name]);
        }
    }

    private void Add(MethodDefinition method)
    {
        types.Add(method.GetDeclaringType());
        method.DecodeSignature(this, null);
    }

    private void Add(FieldDefinition field)
    {
        types.Add(field.GetDeclaringType());
        field.DecodeSignature(this, null);
    }

    private void Add(MemberReference member)
    {
        Add(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field) member.DecodeFieldSignature(this, null);
        else member.DecodeMethodSignature(this, null);
    }

    private void Add(MethodSpecification method)
    {
        Add(method.Method);
        method.DecodeSignature(this, null);
    }

    // The names that the decoder asks for matter where attributes name a type as text; everything else is collected on the way.
    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        types.Add(handle);
        return "";
    }

    public string GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        reader.GetString(reader.GetTypeReference(handle).Name);

    public string GetTypeFromSerializedName(string name) => name.Split(',')[0];

    public string GetSystemType() => "Type";

    public bool IsSystemType(string type) => type == "Type";

    // An attribute takes enums of the base library; all of these are 32 bits wide.
    public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "";

    public string GetArrayType(string elementType, ArrayShape shape) => "";

    public string GetSZArrayType(string elementType) => "";

    public string GetByReferenceType(string elementType) => "";

    public string GetPointerType(string elementType) => "";

    public string GetPinnedType(string elementType) => "";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => "";

    public string GetGenericMethodParameter(object? genericContext, int index) => "";

    public string GetGenericTypeParameter(object? genericContext, int index) => "";

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;
}
