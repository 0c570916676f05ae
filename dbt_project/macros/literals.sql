{#- A text, or none, as it stands in SQL. -#}
{% macro string_literal(text) -%}
    {{ return(adapter.dispatch('string_literal', 'metropolis')(text)) }}
{%- endmacro %}

{% macro default__string_literal(text) -%}
    {{ return('null' if text is none else "'" ~ text | string | replace("'", "''") ~ "'") }}
{%- endmacro %}

{% macro spark__string_literal(text) -%}
    {{ return('null' if text is none else "'" ~ text | string | replace('\\', '\\\\') | replace("'", "\\'") ~ "'") }}
{%- endmacro %}
