using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace OptGen.Profile;

/// <summary>Copies the signature of a method from one assembly's metadata to another's: the same bytes, but for the tokens of types.</summary>
internal readonly struct SignatureCopy(BlobBuilder target, Func<EntityHandle, EntityHandle> translate)
{
    public void Method(ref BlobReader source)
    {
        SignatureHeader header = source.ReadSignatureHeader();
        target.WriteByte(header.RawValue);
        if (header.IsGeneric)
            target.WriteCompressedInteger(source.ReadCompressedInteger());
        for (int types = Number(ref source) + 1; types > 0; types--)
            Type(ref source);
    }

    private void Type(ref BlobReader source)
    {
        byte code = source.ReadByte();
        target.WriteByte(code);
        switch ((SignatureTypeCode)code)
        {
            case SignatureTypeCode.Pointer or SignatureTypeCode.ByReference or SignatureTypeCode.SZArray or SignatureTypeCode.Pinned:
                Type(ref source);
                break;
            case (SignatureTypeCode)SignatureTypeKind.ValueType or (SignatureTypeCode)SignatureTypeKind.Class:
                Token(ref source);
                break;
            case SignatureTypeCode.RequiredModifier or SignatureTypeCode.OptionalModifier:
                Token(ref source);
                Type(ref source);
                break;
            case SignatureTypeCode.GenericTypeParameter or SignatureTypeCode.GenericMethodParameter:
                Number(ref source);
                break;
            case SignatureTypeCode.GenericTypeInstance:
                target.WriteByte(source.ReadByte());
                Token(ref source);
                for (int arguments = Number(ref source); arguments > 0; arguments--)
                    Type(ref source);
                break;
            case SignatureTypeCode.FunctionPointer:
                Method(ref source);
                break;
            case SignatureTypeCode.Array:
                Type(ref source);
                Number(ref source);
                for (int sizes = Number(ref source); sizes > 0; sizes--)
                    Number(ref source);
                for (int bounds = Number(ref source); bounds > 0; bounds--)
                    Number(ref source);
                break;
            default:
                break;
        }
    }

    private int Number(ref BlobReader source)
    {
        int number = source.ReadCompressedInteger();
        target.WriteCompressedInteger(number);
        return number;
    }

    private void Token(ref BlobReader source) => target.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(translate(source.ReadTypeHandle())));
}
