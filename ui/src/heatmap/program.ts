/** Programs of the graphics card. */

export class Program {
  private readonly places = new Map<string, WebGLUniformLocation | null>();

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly program: WebGLProgram,
  ) {}

  static from(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind);
      if (shader === null) throw new Error("the graphics context was lost");
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(program);
    // A context that is lost links nothing, and says so by its own event.
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`the heatmap's shaders do not link: ${gl.getProgramInfoLog(program)}`);
    }
    return new Program(gl, program);
  }

  use(): void {
    // biome-ignore lint/correctness/useHookAtTopLevel: of WebGL, not of React
    this.gl.useProgram(this.program);
  }

  /** Where a uniform lies; null where the compiler left it out. */
  at(name: string): WebGLUniformLocation | null {
    let place = this.places.get(name);
    if (place === undefined) {
      place = this.gl.getUniformLocation(this.program, name);
      this.places.set(name, place);
    }
    return place;
  }
}
