// CRC-32 as PNG uses it; Node has one of its own only since version 20.15. Source: PNG, third edition, annex D.
const TABLE = Uint32Array.from({length: 256}, (_, byte) => {
  let value = byte;
  for(let bit = 0; bit < 8; bit++) {
    value = value & 1 ? 0xedb88320 ^ value >>> 1 : value >>> 1;
  }
  return value;
});

export function crc32(bytes) {
  let value = 0xffffffff;
  for(const byte of bytes) {
    value = TABLE[(value ^ byte) & 0xff] ^ value >>> 8;
  }
  return (value ^ 0xffffffff) >>> 0;
}
