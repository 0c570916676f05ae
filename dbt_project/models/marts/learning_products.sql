with

learning_products as (

    select * from {{ ref('int_learning_products') }}

),

final as (

    select
        -- text
        title,
        kind,

        -- booleans
        is_of_year,

        -- dates
        uploaded_on,

        -- origin
        source_file,
        source_line
    from learning_products

)

select * from final
