// Multiplication and addition for sums of float32: rounded once where the build has relaxed SIMD and the machine such an
// instruction, else twice. Sums in float64 follow SciPy bit for bit, which rounds twice.

/** x * y + z */
// @ts-ignore: decorator
@inline
export function madd<A>(x: v128, y: v128, z: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD && sizeof<A>() == 4) return v128.relaxed_madd<f32>(x, y, z);
  return v128.add<A>(z, v128.mul<A>(x, y));
}
