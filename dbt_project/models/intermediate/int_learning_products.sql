with

learning_products as (

    select * from {{ ref('stg_learning_products') }}

),

final as (

    select
        -- text
        title,
        kind,

        -- booleans
        {{ in_year('uploaded_on') }} as is_of_year,

        -- dates
        uploaded_on,

        -- origin
        source_file,
        source_line
    from learning_products

)

select * from final
