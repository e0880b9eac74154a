// Content hash of plain data, for graph keys: 128 bits from four murmur-style lanes, not cryptographic.

/** A short hexadecimal string; equal values give equal strings. */
export function hashValue(value: unknown): string {
  const state = new Uint32Array([0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]);
  const word = (w: number) => {
    for (let lane = 0; lane < 4; lane++) {
      let h = state[lane] ^ Math.imul(w + lane, 0xcc9e2d51);
      h = (h << 13) | (h >>> 19);
      state[lane] = (Math.imul(h, 5) + 0xe6546b64 + state[(lane + 1) & 3]) | 0;
    }
  };
  const text = (s: string) => {
    word(s.length);
    for (let i = 0; i < s.length; i++) word(s.charCodeAt(i));
  };
  const visit = (v: unknown): void => {
    if (ArrayBuffer.isView(v)) {
      text(v.constructor.name);
      const bytes = new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
      word(bytes.length);
      for (const byte of bytes) word(byte);
    } else if (Array.isArray(v)) {
      text('[');
      word(v.length);
      v.forEach(visit);
    } else if (v !== null && typeof v === 'object') {
      text('{');
      for (const name of Object.keys(v).sort()) {
        text(name);
        visit((v as Record<string, unknown>)[name]);
      }
      text('}');
    } else {
      text(typeof v);
      text(Object.is(v, -0) ? '-0' : String(v));
    }
  };
  visit(value);
  return [...state].map((w) => w.toString(16).padStart(8, '0')).join('');
}
