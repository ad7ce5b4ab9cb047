// Ends the letter as soon as a person opens the link: programs that only look at links run no script.
document.querySelector("form[data-at-once]")?.requestSubmit();
