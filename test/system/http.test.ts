import { describe, expect, it } from "vitest";
import { z } from "zod";
import { HttpClient, type HttpRequest } from "../../system/http.ts";
import { apiStub } from "../support/api-stub.ts";

const TOKEN = "a-token-that-nobody-may-see";

/** A client of a server that answers with these statuses, one after another; 0 cuts the connection. */
async function client(statuses: readonly number[], text = `{"token":"${TOKEN}"}`) {
  const left = [...statuses];
  const { url, asked } = await apiStub({
    answer: (request, response) => {
      request.resume();
      const status = left.shift() ?? 200;
      if (status === 0) return void response.destroy();
      response.writeHead(status, { "content-type": "application/json", "retry-after": "0" }).end(text);
    },
  });
  const recorded: string[] = [];
  const args = {
    service: "Somewhere",
    url,
    token: TOKEN,
    tokenName: "SOME_TOKEN",
    pauseMs: 1,
    timeoutMs: 2000,
  };
  const http = new HttpClient(args);
  const dry = new HttpClient({ ...args, record: (line) => void recorded.push(line) });
  return { http, dry, asked, recorded };
}

describe("a request", () => {
  const cases: [string, HttpRequest, readonly number[], number][] = [
    ["is asked again when the connection breaks", { path: "/" }, [0, 0], 3],
    ["is asked again when the server is in trouble", { path: "/" }, [500, 503, 429], 4],
    ["that writes the same again is sent again", { method: "PUT", path: "/", json: {} }, [502], 2],
    ["is sent again with a key", { method: "POST", path: "/", json: {}, idempotencyKey: "k" }, [0], 2],
    [
      "that did nothing, as there is a limit, is sent again",
      { method: "POST", path: "/", json: {} },
      [429],
      2,
    ],
  ];
  it.each(cases)("%s", async (_, request, statuses, count) => {
    const { http, asked } = await client(statuses);
    expect((await http.send("it", request)).status).toBe(200);
    expect(asked).toHaveLength(count);
  });

  it.each([
    ["a POST", { method: "POST", path: "/", json: {} }, 0],
    ["a POST", { method: "POST", path: "/", json: {} }, 500],
    ["what is sent once", { method: "PUT", path: "/", json: {}, isSentOnce: true }, 0],
    ["what is refused", { path: "/" }, 400],
    ["what the token may not", { path: "/" }, 403],
  ] as const)("of %s after %i is not repeated", async (_, request, status) => {
    const { http, asked } = await client([status]);
    await expect(http.send("it", request)).rejects.toThrow("Somewhere");
    expect(asked).toHaveLength(1);
  });

  it.each([0, 400, 401, 403, 500])("that fails with %i tells it without the token", async (status) => {
    const { http } = await client(Array(9).fill(status));
    const error: Error = await http.send("the thing", { path: "/" }).catch((cause) => cause);
    expect(error.name).toBe("EnvironmentError");
    expect(error.message).toContain("the thing");
    expect(error.message).not.toContain(TOKEN);
  });

  it.each([
    ["POST", 404, "Somewhere does not know thing"],
    ["PUT", 410, "Somewhere does not know thing"],
    ["POST", 422, "Somewhere does not take thing as it is (422)"],
    ["PUT", 400, "Somewhere does not take thing as it is (400)"],
  ] as const)("that makes something is not done where %s is answered %i", async (method, status, message) => {
    const { http, asked } = await client([status]);
    const error: Error = await http.write("thing", { method, path: "/", json: {} }).catch((cause) => cause);
    expect([error.name, error.message.startsWith(message)]).toEqual(["UserError", true]);
    expect(error.message).not.toContain(TOKEN);
    expect(asked).toHaveLength(1);
  });

  it("that removes what is not there any more is done", async () => {
    const { http } = await client([404]);
    expect((await http.write("thing", { method: "DELETE", path: "/" }))?.status).toBe(404);
  });

  it("tells what is not there, and what is no answer of an API", async () => {
    const schema = z.object({ id: z.number() });
    const gone = await client([404, 404]);
    expect(await gone.http.askForGone("thing", schema, { path: "/" })).toBeUndefined();
    await expect(gone.http.ask("thing", schema, { path: "/" })).rejects.toThrow(
      "Somewhere does not know thing",
    );
    const page = await client([200], "<html>");
    await expect(page.http.ask("thing", schema, { path: "/" })).rejects.toThrow("no answer of its API");
  });

  it("that writes is only recorded in a dry run", async () => {
    const { dry, asked, recorded } = await client([]);
    expect(await dry.write("it", { method: "POST", path: "/x" })).toBeUndefined();
    expect([recorded, asked]).toEqual([["Somewhere: POST /x"], []]);
  });
});
