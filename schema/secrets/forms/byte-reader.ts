/** Reads numbers and strings from bytes, one after the other; a RangeError where they end too soon. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #isBigEndian: boolean;
  #at = 0;

  constructor(bytes: Buffer, isBigEndian = true) {
    this.#bytes = bytes;
    this.#isBigEndian = isBigEndian;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** An unsigned number of 1, 2 or 4 bytes. */
  number(length: 1 | 2 | 4): number {
    const bytes = this.bytes(length);
    return this.#isBigEndian ? bytes.readUIntBE(0, length) : bytes.readUIntLE(0, length);
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new RangeError("the bytes end too soon");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
