// SPDX-License-Identifier: Apache-2.0

/// A value of a set's metadata, of the kinds that JSON has.
public enum BackupValue: Hashable, Sendable {
    /// `null`: nothing.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number of up to 64 bits; `2.0` is read as one, too.
    case integer(Int64)
    /// A number that is not whole, or beyond 64 bits.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([BackupValue])
    /// Values by their names.
    case object([String: BackupValue])

    /// The text; `nil` for another kind of value.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number; `nil` for another kind of value.
    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The truth value; `nil` for another kind of value.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The values of a list; `nil` for another kind of value.
    public var arrayValue: [BackupValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The values by their names; `nil` for another kind of value.
    public var objectValue: [String: BackupValue]? {
        if case .object(let values) = self { values } else { nil }
    }

    /// The value of that name; `nil` when there is none, or this is no object.
    public subscript(_ name: String) -> BackupValue? { objectValue?[name] }
}

extension BackupValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let values = try? container.decode([BackupValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: BackupValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

extension BackupValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension BackupValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(arrayLiteral elements: BackupValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, BackupValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
