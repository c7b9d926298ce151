import { UserError } from "../errors.ts";
import { labelValue } from "../schema/values.ts";

/** A stack's name, which is the value of a label of each of its objects; throws a UserError where it cannot be. */
export function checkedStack(stack: string): string {
  if (stack !== "" && labelValue.safeParse(stack).success) return stack;
  const allowed = `${labelValue.meta()?.allowed}, as a label of all its objects has it`;
  throw new UserError(
    `The stack's name is "${stack}". It takes ${allowed}. Rename Pulumi.${stack}.yaml, for example to Pulumi.stage.yaml; where Pulumi has the stack, by pulumi stack rename.`,
  );
}
