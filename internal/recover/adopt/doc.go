// Package adopt brings what exists in AWS but not in a stack's state under
// Terraform, as it is: it changes the state and nothing else. It is for what a
// killed deployment made after it last wrote its state, and for a state that was lost.
//
//	w, err := adopt.Open(ctx, runner, stack, settings)
//	defer w.Close()
//	found, err := w.Find(ctx)
//	plan, err := w.Plan(ctx, found.Adoptable)
//	err = w.Apply(ctx, plan)
package adopt
