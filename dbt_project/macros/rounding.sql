{#-
  Rounding of figures in whole numbers only: no floating point touches a published figure.
-#}

{#- Whole quotient of two whole numbers that are not negative. -#}
{% macro whole_quotient(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__whole_quotient(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}


{#- Ten to the power of 0 to 4, as a whole number. -#}
{% macro power_of_ten(exponent) -%}
    (case {{ exponent }} when 0 then 1 when 1 then 10 when 2 then 100 when 3 then 1000 when 4 then 10000 end)
{%- endmacro %}


{#- EUR in whole cents. -#}
{% macro cents(amount) -%}
    cast(({{ amount }}) * 100 as bigint)
{%- endmacro %}


{#- A whole number of units of the last decimal, as a decimal number. -#}
{% macro scaled_down(units, decimals) -%}
    cast(cast(({{ units }}) * {{ power_of_ten('4 - ' ~ decimals) }} as decimal(18, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(18, 4))
{%- endmacro %}


{#- 100 * numerator / denominator, rounded half up at so many decimals (0 to 4); null where there is no denominator. -#}
{% macro percentage(numerator, denominator, decimals) -%}
    case
        when {{ denominator }} > 0
            then {{ scaled_down(
                whole_quotient(
                    '2 * 100 * ' ~ power_of_ten(decimals) ~ ' * ' ~ cents(numerator) ~ ' + ' ~ cents(denominator),
                    '2 * ' ~ cents(denominator)
                ), decimals) }}
    end
{%- endmacro %}
